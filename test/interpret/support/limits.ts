import { circuitBreakerOptions } from '../../../src/interpret/limits/health/circuitBreaker.ts';
import { type Concurrency, concurrencyOptions } from '../../../src/interpret/limits/health/concurrencyLimit.ts';
import { TargetHealth } from '../../../src/interpret/limits/health/targetHealth.ts';

/** The health of a target with the defaults. */
export const targetHealth = (concurrency: Concurrency = {}): TargetHealth =>
  new TargetHealth('x', concurrencyOptions.parse(concurrency), circuitBreakerOptions.parse({}));
