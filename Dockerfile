# One image, many roles: the command says which (start, api, worker, sandbox; see README, "More than one process").

# There is no lock file: package.json has exact versions.
FROM node:24-slim AS interface
WORKDIR /patchbay
COPY package.json .npmrc ./
RUN npm install --no-audit --no-fund
COPY tsconfig.json vite.config.ts ./
COPY shared shared
COPY builder builder
RUN npm run build

FROM node:24-slim AS dependencies
WORKDIR /patchbay
COPY package.json .npmrc ./
RUN npm install --omit=dev --no-audit --no-fund

FROM node:24-slim
WORKDIR /patchbay
COPY package.json ./
COPY --from=dependencies /patchbay/node_modules node_modules
COPY --from=interface /patchbay/dist dist
COPY shared shared
COPY runtime runtime
# Only the embedded pair keeps anything here: mount a volume where there is no DATABASE_URL.
RUN mkdir /data && chown node:node /data
ENV NODE_ENV=production PATCHBAY_DATA_DIR=/data PATCHBAY_HOST=0.0.0.0 PATCHBAY_PORT=8420
USER node
EXPOSE 8420
# Runs in progress and senders that wait are given ten seconds; then the next node goes on.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PATCHBAY_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "runtime/main.ts"]
CMD ["start"]
