import { type Captioner, wrapCaptioner } from 'saccade';
import { map } from 'rxjs';

/** A combinator of one captioner: has the type, the plan and the availability of its part. */
export const shouting = (inner: Captioner): Captioner =>
  wrapCaptioner(
    inner,
    (target, request) => target(request).pipe(map((answer) => ({ ...answer, text: answer.text.toUpperCase() }))),
    'in capitals',
  );
