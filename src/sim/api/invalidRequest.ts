import type { ErrorFault } from '../faults/faultNames.ts';

/** The request breaks this vendor's rules: it is answered with the vendor's 400, or the fault given. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly fault: ErrorFault;
  constructor(message: string, fault: ErrorFault = 'caller_fault') {
    super(message);
    this.fault = fault;
  }
}
