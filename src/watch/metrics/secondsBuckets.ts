/** Upper bounds of the buckets of all histograms, in seconds: from the decoding of a packet to an answer after a minute. */
export const secondsBuckets = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
