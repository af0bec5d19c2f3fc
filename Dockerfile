ARG NODE_VERSION=24.21.0

# What is needed to run, without what is needed to build and to test. Native parts come built for this libc.
FROM node:${NODE_VERSION}-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

# Node runs the TypeScript as it is, so pipelines that are mounted run without a build as well.
FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY schemas schemas
COPY src src
COPY pipelines pipelines
COPY deploy/simulator.ts deploy/
USER node
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/cli/main.ts"]
CMD ["run", "pipelines/live.ts", "--metrics", "0.0.0.0:9464", "--log", "info", "--drain", "30"]
