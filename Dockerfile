# syntax=docker/dockerfile:1
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json ./
COPY bin bin
COPY migrations migrations
COPY assets assets
COPY config config
RUN mkdir /app/data && chown node:node /app/data
USER node
VOLUME /app/data
ENTRYPOINT ["node", "--liftoff-only", "--max-old-space-size=1024", "--max-semi-space-size=4", "dist/cli/headgate.js"]
CMD ["run"]
