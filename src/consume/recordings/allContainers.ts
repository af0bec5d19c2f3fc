import type { Container } from './container.ts';
import { hdf5 } from './containers/hdf5.ts';
import { mcap } from './containers/mcap.ts';
import { packetSet } from './containers/packetSet.ts';
import { rosbag } from './containers/rosbag.ts';
import { rosbag2 } from './containers/rosbag2.ts';

/** Every kind of file that holds packets of one or several sensors. */
export const allContainers: readonly Container[] = [rosbag, mcap, rosbag2, hdf5, packetSet];
