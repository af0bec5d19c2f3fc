import { hash } from 'node:crypto';

const LONGEST = 100;

/**
 * A name as the key of a map. A name may have a megabyte, and the engine hashes only the length of a string of more than 16,383 characters:
 * thousands of such names would be compared with each other, each time.
 */
export const shortKey = (name: string): string => (name.length > LONGEST ? hash('sha256', name) : name);
