/** One function that ends all of these. */
export const endAll =
  (ends: readonly (() => void)[]): (() => void) =>
  () => {
    for (const end of ends) end();
  };
