/** What whoever holds a container has to know of it, beside the client's arguments. Nothing secret. */
export interface ContainerOrder {
  readonly name: string;
  readonly secretsPath: string;
  /** Those of our own variables that go into the container, and not to the client. */
  readonly secretNames: readonly string[];
}
