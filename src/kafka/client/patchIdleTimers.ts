import { createRequire } from 'node:module';

/*
  kafkajs 2.2.4 looks into the queue of each connection a thousand times a second, also when nothing waits there: after
  each answer it sets a timer to the end of the last throttling, which lies in the past, and sets it again when it fires.
  Node 24 warns of the negative time on stderr. Here the timer is set only where something waits, or is throttled.
*/

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

let isPatched = false;

/** Stops the timer of kafkajs's connections while they have nothing to wait for. */
export function patchIdleTimers(): void {
  if (isPatched) return;
  isPatched = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const { scheduleCheckPendingRequests } = prototype;
  prototype.scheduleCheckPendingRequests = function check() {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) scheduleCheckPendingRequests.call(this);
  };
}
