import type { Declaration } from "../../pages";

const page = (path: string, load: Declaration["load"]): Declaration => ({ path, title: "profile.title", load });

export default [
  page("/profile", () => import("./details")),
  page("/profile/security", () => import("./security")),
  page("/profile/sessions", () => import("./sessions")),
] satisfies Declaration[];
