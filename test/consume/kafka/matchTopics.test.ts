import { describe, expect, it } from 'vitest';
import { matchTopics } from '../../../src/consume/kafka/matchTopics.ts';

const KNOWN = ['cam-1', 'cam-2', 'cam-3', 'other', '__consumer_offsets'];

describe('matchTopics', () => {
  // Issue 10, fault 15: with the flag g every second topic was skipped.
  it.each([/^cam/, /^cam/g, /CAM/gi, /cam/y])('finds all topics that %s matches, whatever its flags', (pattern) => {
    expect(matchTopics(KNOWN, pattern)).toEqual(['cam-1', 'cam-2', 'cam-3']);
    expect(matchTopics(KNOWN, pattern)).toEqual(['cam-1', 'cam-2', 'cam-3']);
  });

  it('leaves out the topics of the broker itself', () => {
    expect(matchTopics(KNOWN, /o/)).toEqual(['other']);
  });

  it('takes names as they are, and names those that are missing', () => {
    expect(matchTopics(KNOWN, 'cam-2')).toEqual(['cam-2']);
    expect(() => matchTopics(KNOWN, ['cam-1', 'left', 'right'])).toThrow(/no topic 'left', 'right'/);
    expect(() => matchTopics(KNOWN, /^dvs/)).toThrow(/no topic matches \/\^dvs\//);
  });
});
