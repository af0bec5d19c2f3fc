import type { MessagePort, Worker } from 'node:worker_threads';
import type { FromWorker } from './fromWorker.ts';
import type { ToWorker } from './toWorker.ts';

/** Sends a message; `moved` goes with it and is gone here. */
export type Outbox<Message> = (message: Message, moved?: ArrayBuffer) => void;

/** What is said within one turn of the event loop travels as one. */
export function outbox(port: Pick<MessagePort | Worker, 'postMessage'>): Outbox<ToWorker | FromWorker> {
  let messages: (ToWorker | FromWorker)[] = [];
  let moved: ArrayBuffer[] = [];
  const send = (): void => {
    const [now, buffers] = [messages, moved];
    messages = [];
    moved = [];
    port.postMessage(now, buffers);
  };
  return (message, buffer) => {
    if (messages.length === 0) queueMicrotask(send);
    messages.push(message);
    if (buffer) moved.push(buffer);
  };
}
