export {
  budgetLeft,
  fillCaps,
  findReachedCap,
  type GivenCaps,
  type ReachedCap,
} from "./caps/caps.ts";
export {
  type ChecksCommand,
  type ChecksRequest,
  checksProgram,
  readChecks,
} from "./checks/checks-program.ts";
export { hasPassed, type NewFailures, newFailures } from "./checks/compare.ts";
export { type FoundChecks, findChecks } from "./checks/find-checks.ts";
export { leaveOutLoggedOut } from "./checks/leave-out-logged-out.ts";
export {
  type Preflight,
  type PreflightAgent,
  type PreflightInput,
  preflight,
} from "./checks/preflight.ts";
export { isTestFile, type TestRunner, type TestRunnerName } from "./checks/test-runner.ts";
export { findWeakened, type WeakenedInput } from "./checks/weakened.ts";
export type { AttemptTrailers } from "./git/attempt-message.ts";
export { type CloneHead, makeClone, removeClone, resetClone } from "./git/clone.ts";
export { type Attempt, type CommittedAttempt, commitAttempt } from "./git/commit-attempt.ts";
export { findBranchProblem } from "./git/find-branch-problem.ts";
export { type Finish, type Finished, finishBranch } from "./git/finish-branch.ts";
export {
  assertFit,
  type FitProject,
  inspectProject,
  type ProjectFacts,
} from "./git/inspect-project.ts";
export { branchHead, type Publication, publish } from "./git/publish.ts";
export {
  type Change,
  type ChangedFile,
  changedFiles,
  diffStat,
  diffText,
} from "./git/read-change.ts";
export { replayCommit } from "./git/replay-commit.ts";
export { type ImplementQuestion, implementPrompt } from "./implement/implement-prompt.ts";
export {
  type ByChecks,
  combine,
  type Decided,
  decideAlone,
  decideByChecks,
} from "./judge/decide-verdict.ts";
export { renderFeedback } from "./judge/feedback.ts";
export { type JudgeQuestion, judgePrompt } from "./judge/judge-prompt.ts";
export { type Opinion, readOpinion } from "./judge/opinion.ts";
export { readTestErrors } from "./judge/read-test-errors.ts";
export { LoopsError, type LoopsErrorCode } from "./loops-error.ts";
export { chooseStory, type StoryChoice } from "./plan/choose-story.ts";
export { chooseTool, type ToolChoice } from "./plan/choose-tool.ts";
export { pickJudge, pickReviewer } from "./plan/pick-reviewer.ts";
export { type PrdQuestion, prdPrompt } from "./prd/prd-prompt.ts";
export { type Prd, readPrd, type Story } from "./prd/read-prd.ts";
export type { ComposedPrompt } from "./prompt/compose-prompt.ts";
export {
  type AgentLine,
  type AttemptLine,
  AttemptLineSchema,
  type Role,
  type VerdictLine,
} from "./record/attempt-line.ts";
export {
  type Claim,
  type ClaimTaking,
  findClaimOf,
  readClaim,
  releaseClaim,
  takeClaim,
} from "./record/claim.ts";
export {
  decideEntry,
  type Entry,
  type EntryDecision,
  type LoopRole,
  nextRole,
  type StoryRole,
} from "./record/decide-entry.ts";
export { hasEarlyCancel, markEarlyCancel } from "./record/early-cancel.ts";
export {
  type Caps,
  type CheckResult,
  type Fact,
  type FactOf,
  FactSchema,
  type LockedTests,
  type PauseCause,
  type Verdict,
} from "./record/fact.ts";
export { factKey, type KeylessFact, withKey } from "./record/fact-key.ts";
export { foldLoop } from "./record/fold-loop.ts";
export { lastVerdict } from "./record/fold-story.ts";
export { type LoadedLoop, loadLoop } from "./record/load-loop.ts";
export {
  type LoopPlaces,
  listLoopIds,
  loopPlaces,
  newLoopId,
  type ProjectPlaces,
  playbookPath,
  projectPlaces,
} from "./record/loop-places.ts";
export { type LoopRecord, openLoopRecord } from "./record/loop-record.ts";
export type { LoopState, LoopStatus, Spent, StoryState, StoryStatus } from "./record/loop-state.ts";
export { sumSpent } from "./record/spent.ts";
export { learn, type Playbook, readPlaybook, writePlaybook } from "./retro/playbook.ts";
export {
  addToProgress,
  type Progress,
  readPatterns,
  readProgress,
  writeProgress,
} from "./retro/progress.ts";
export { renderRetrospective } from "./retro/retrospective.ts";
export { type LoopAccount, summarizeLoop } from "./retro/summarize-loop.ts";
export {
  type CollectedTests,
  collectTests,
  type ReviewedChange,
} from "./review/collect-tests.ts";
export {
  type Declarations,
  type DeclarationsRequest,
  type InterfaceFile,
  makeDeclarations,
} from "./review/declarations.ts";
export {
  judgeHeadProbe,
  judgeStubProbe,
  type StubProbe,
  type StubVerdict,
} from "./review/judge-probe.ts";
export { layStub } from "./review/lay-stub.ts";
export {
  findTouched,
  type LockedFiles,
  type LockPlace,
  layTests,
  lockTests,
} from "./review/locked-tests.ts";
export { type ProbeRequest, probeProgram, readProbe, type TestsRun } from "./review/probe.ts";
export { type ReviewQuestion, reviewPrompt } from "./review/review-prompt.ts";
export { findWritten, noteFiles } from "./review/written-files.ts";
