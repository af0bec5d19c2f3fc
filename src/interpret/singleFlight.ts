import { type Observable, ReplaySubject, defer, finalize, map, share, tap } from 'rxjs';

/**
 * Makes calls with the same id at the same time only once: the first subscriber makes the call, the others get its value as
 * `toJoined` has it. The call is hung up on when the last of them unsubscribes.
 */
export class SingleFlight<Value> {
  readonly #flights = new Map<string, Observable<Value>>();
  readonly #toJoined: (value: Value) => Value;

  constructor(toJoined: (value: Value) => Value) {
    this.#toJoined = toJoined;
  }

  run(id: string, call: () => Observable<Value>): Observable<Value> {
    return defer(() => {
      const flight = this.#flights.get(id);
      return flight ? flight.pipe(map(this.#toJoined)) : this.#begin(id, call);
    });
  }

  #begin(id: string, call: () => Observable<Value>): Observable<Value> {
    const land = (): void => {
      if (this.#flights.get(id) === flight) this.#flights.delete(id);
    };
    const flight = defer(call).pipe(
      // Forgotten before its end is passed on: a request that is made then starts a new call.
      tap({ error: land, complete: land }),
      finalize(land),
      share({ connector: () => new ReplaySubject(1), resetOnComplete: false, resetOnError: false }),
    );
    this.#flights.set(id, flight);
    return flight;
  }
}
