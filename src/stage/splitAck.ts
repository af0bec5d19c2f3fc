import type { Ack } from './item.ts';

/**
 * One ack for many holders: `ack` is called when every share has been called and the splitter is closed.
 * Calling a share twice counts once.
 */
export function splitAck(ack: Ack): { share: () => Ack; close: Ack } {
  let open = 1;
  const once = (): Ack => {
    let called = false;
    return () => {
      if (called) return;
      called = true;
      if (--open === 0) ack();
    };
  };
  return {
    share: () => {
      open++;
      return once();
    },
    close: once(),
  };
}
