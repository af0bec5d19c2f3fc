import { describe } from 'vitest';
import { metaOpeners } from '../../../src/normalise/rules/metaOpeners.ts';
import { table } from './table.ts';

describe('meta-openers', () => {
  table(metaOpeners, [
    ['The image shows a car moving left.', 'A car moving left.'],
    ['This event-camera frame depicts two people.', 'Two people.'],
    ['In this image, we can see a dog.', 'A dog.'],
    ['In the picture there are three cups.', 'Three cups.'],
    ['This is a blurry photo of a plate.', 'A plate.'],
    ['A photo of a dog.', 'A dog.'],
    ['We can see that there is a boat.', 'A boat.'],
    ['There are two vehicles moving right.', 'Two vehicles moving right.'],
    ['The frame from an event camera captures a hand.', 'A hand.'],
    ['The image showcases a scene in which a dog runs.', 'A dog runs.'],
    ['There also is one other region.', 'One other region.'],
    ['The image shows', 'The image shows'],
    ['A framed picture hangs on the left wall.', 'A framed picture hangs on the left wall.'],
    ['The window shows no motion outside.', 'No motion outside.'],
    ['There is no motion.', 'There is no motion.'],
    ['A person is holding a photo of a dog.', 'A person is holding a photo of a dog.'],
  ]);
});
