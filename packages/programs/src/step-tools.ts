/**
 * The two step tools that a program needs, in the shape of the SDK's own `step`. A client with
 * middleware has its own generic type of `step`; this is the part that they all share.
 */
export interface StepTools {
  run<T>(id: string, work: () => Promise<T>): Promise<unknown>;
  waitForEvent(
    id: string,
    options: { event: string; if: string; timeout: number },
  ): Promise<unknown>;
}
