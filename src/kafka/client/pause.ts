/** Like `setTimeout` of node:timers/promises, but by the global timer, which tests replace by virtual time. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
