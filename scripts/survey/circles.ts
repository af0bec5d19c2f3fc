/** Groups of names that import each other in a ring, each sorted: the strongly connected components of more than one (Tarjan). */
export function circles(imports: ReadonlyMap<string, Iterable<string>>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];

  const enter = (name: string): void => {
    order.set(name, order.size);
    low.set(name, order.get(name)!);
    open.push(name);
    for (const next of imports.get(name) ?? []) {
      if (!order.has(next)) enter(next);
      if (open.includes(next)) low.set(name, Math.min(low.get(name)!, low.get(next)!));
    }
    if (low.get(name) !== order.get(name)) return;
    const ring = open.splice(open.indexOf(name));
    if (ring.length > 1) found.push(ring.toSorted());
  };
  for (const name of imports.keys()) if (!order.has(name)) enter(name);
  return found.toSorted((a, b) => a[0]!.localeCompare(b[0]!));
}
