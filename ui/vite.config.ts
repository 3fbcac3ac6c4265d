import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { mockGateway } from "./dev/mock-gateway.ts";

// `CORDBOARD_GATEWAY=http://127.0.0.1:8080 npm run dev` develops against a real gateway, otherwise against the mock.
const gateway = process.env.CORDBOARD_GATEWAY;

export default defineConfig({
  plugins: [react(), tailwindcss(), ...(gateway === undefined ? [mockGateway()] : [])],
  server: {
    host: "127.0.0.1",
    port: 5173,
    ...(gateway === undefined ? {} : { proxy: { "/api": { target: gateway, ws: true } } }),
  },
  preview: { host: "127.0.0.1", port: 4173 },
  build: {
    target: "es2022",
    rollupOptions: { input: { desk: "index.html", crm: "crm.html" } },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 120_000,
  },
});
