import type { Container } from './recordings/container.ts';
import { hdf5 } from './recordings/containers/hdf5.ts';
import { mcap } from './recordings/containers/mcap.ts';
import { packetSet } from './recordings/containers/packetSet.ts';
import { rosbag } from './recordings/containers/rosbag.ts';
import { rosbag2 } from './recordings/containers/rosbag2.ts';

/** Every kind of file that holds packets of one or several sensors. */
export const allContainers: readonly Container[] = [rosbag, mcap, rosbag2, hdf5, packetSet];
