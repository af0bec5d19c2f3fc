import type kafkajs from 'kafkajs';

/** Connects an admin client for the time of `use`. */
export async function withAdmin<Out>(kafka: kafkajs.Kafka, use: (admin: kafkajs.Admin) => Promise<Out>): Promise<Out> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
