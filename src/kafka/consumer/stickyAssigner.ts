import kafkajs from 'kafkajs';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface StickyAssigner {
  readonly assigner: kafkajs.PartitionAssigner;
  /** How many partitions a topic has, as of the last rebalance. */
  readonly partitionsOf: (topic: string) => number;
}

/**
 * Leaves each partition with its member as long as no member has more than its share, because a partition that moves is
 * read again from its commit. Members list what they have in their metadata. kafkajs itself only has round robin.
 */
export function stickyAssigner(owned: () => readonly TopicPartition[]): StickyAssigner {
  let known: kafkajs.Cluster | undefined;
  return {
    assigner({ cluster }) {
      known = cluster;
      return assignerOf(cluster, owned);
    },
    partitionsOf: (topic) => known?.findTopicPartitionMetadata(topic).length ?? 0,
  };
}

function assignerOf(cluster: kafkajs.Cluster, owned: () => readonly TopicPartition[]): kafkajs.Assigner {
  return {
    name: 'saccade-sticky',
    version: 0,
    protocol: ({ topics }) => ({
      name: 'saccade-sticky',
      metadata: MemberMetadata.encode({ version: 0, topics: [...topics], userData: Buffer.from(JSON.stringify(owned())) }),
    }),
    async assign({ members, topics }) {
      const partitions = topics.flatMap((topic) =>
        cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ topic, partition: partitionId })),
      );
      const claims = members.map(({ memberId, memberMetadata }) => ({ memberId, owned: claimsOf(memberMetadata) }));
      return assignSticky(partitions, claims).map(({ memberId, partitions: given }) => {
        const assignment: Record<string, number[]> = {};
        for (const { topic, partition } of given) (assignment[topic] ??= []).push(partition);
        return { memberId, memberAssignment: MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }) };
      });
    },
  };
}

function claimsOf(metadata: Buffer): TopicPartition[] {
  try {
    return JSON.parse(MemberMetadata.decode(metadata)?.userData.toString() ?? '[]') as TopicPartition[];
  } catch {
    return [];
  }
}

/** Assigns partitions to members: their counts differ by one at most, and within that each member keeps what it has. */
export function assignSticky(
  partitions: readonly TopicPartition[],
  members: readonly { readonly memberId: string; readonly owned: readonly TopicPartition[] }[],
): { memberId: string; partitions: TopicPartition[] }[] {
  const free = new Map(partitions.map((one) => [`${one.topic}/${one.partition}`, one]));
  const least = Math.floor(partitions.length / members.length);
  let extra = partitions.length % members.length;
  // Members with most partitions come first, so that a partition above the equal share stays where it is.
  const shares = members
    .toSorted((a, b) => b.owned.length - a.owned.length || (a.memberId < b.memberId ? -1 : 1))
    .map(({ memberId, owned }) => {
      const kept = owned.filter(({ topic, partition }) => free.has(`${topic}/${partition}`));
      const room = least + (kept.length > least && extra > 0 ? 1 : 0);
      if (room > least) extra--;
      const share = kept.slice(0, room);
      for (const { topic, partition } of share) free.delete(`${topic}/${partition}`);
      return { memberId, partitions: share, room };
    });
  const rest = [...free.values()];
  for (const share of shares) {
    if (share.room === least && extra > 0 && share.partitions.length === least) {
      share.room++;
      extra--;
    }
  }
  for (const share of shares) while (share.partitions.length < share.room && rest.length > 0) share.partitions.push(rest.shift()!);
  for (let i = 0; rest.length > 0; i++) shares[i % shares.length]!.partitions.push(rest.shift()!);
  return shares.map(({ memberId, partitions: given }) => ({ memberId, partitions: given }));
}
