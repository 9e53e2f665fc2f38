# One image for every process of both clusters; the compose files choose which one runs.
# Plain Dockerfile syntax only: it builds with BuildKit and with the legacy builder.

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM dependencies AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && rm -rf dist/scripts dist/protos && find dist -name '*.map' -delete

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# A named volume takes over the owner of the directory it is mounted on.
RUN mkdir /data && chown node:node /data
COPY package.json ./
COPY protos/*.proto protos/
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
CMD ["node", "dist/picture-2pc/coordinator/main.js"]
