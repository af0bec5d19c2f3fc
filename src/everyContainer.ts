import type { Container } from './consume/container.ts';
import { hdf5 } from './consume/containers/hdf5.ts';
import { mcap } from './consume/containers/mcap.ts';
import { packetSet } from './consume/containers/packetSet.ts';
import { rosbag } from './consume/containers/rosbag.ts';
import { rosbag2 } from './consume/containers/rosbag2.ts';

/** Every kind of file that holds packets of one or several sensors. */
export const everyContainer: readonly Container[] = [rosbag, mcap, rosbag2, hdf5, packetSet];
