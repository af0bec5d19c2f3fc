import { Observable, type OperatorFunction, Subject } from 'rxjs';
import { errorInto } from './errorInto.ts';
import { recentMap } from './recentMap.ts';
import { shortKey } from './shortKey.ts';
import { stateDefaults } from './stateOptions.ts';
import { subscribeWithin } from './subscribeWithin.ts';

export interface PerSensorOptions {
  /** Flows that are kept. Above it the input of the one that was silent longest completes, and the sensor gets another one when it comes back. @default 5,000 */
  sensors?: number;
}

/** Gives each sensor a flow of its own: a gap of one sensor must not hold up another. */
export const perSensor =
  <In extends { readonly sensor: string }, Out>(
    flow: OperatorFunction<In, Out>,
    { sensors = stateDefaults.sensors }: PerSensorOptions = {},
  ): OperatorFunction<In, Out> =>
  (items) =>
    new Observable((subscriber) => {
      let open = 0;
      let isComplete = false;
      const inputs = recentMap<string, Subject<In>>(sensors, (input) => input.complete());
      const start = (key: string): Subject<In> => {
        const input = new Subject<In>();
        inputs.set(key, input);
        open++;
        subscribeWithin(subscriber, flow(input), {
          next: (out) => subscriber.next(out),
          complete: () => {
            open--;
            completeWhenDone();
          },
        });
        return input;
      };
      const completeWhenDone = (): void => {
        if (isComplete && open === 0) subscriber.complete();
      };
      subscribeWithin(subscriber, items, {
        next: errorInto(subscriber, (item) => {
          const key = shortKey(item.sensor);
          const input = inputs.get(key) ?? start(key);
          inputs.set(key, input);
          input.next(item);
        }),
        complete: () => {
          isComplete = true;
          for (const input of inputs.values()) input.complete();
          completeWhenDone();
        },
      });
    });
