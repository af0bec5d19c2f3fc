import { type OperatorFunction, groupBy, mergeMap } from 'rxjs';

/** Gives each sensor a flow of its own: decoders and windows keep state, and a gap of one sensor must not hold up another. */
export const perSensor =
  <In extends { readonly sensor: string }, Out>(flow: OperatorFunction<In, Out>): OperatorFunction<In, Out> =>
  (items) =>
    items.pipe(
      groupBy(({ sensor }) => sensor),
      mergeMap(flow),
    );
