import type { Declaration } from "../../pages";
import { hasChecks } from "./checks";

const page = (path: string, load: Declaration["load"]): Declaration => ({ path, title: "profile.title", load });

export default [
  page("/profile", () => import("./details")),
  page("/profile/security", () => import("./security")),
  page("/profile/sessions", () => import("./sessions")),
  { ...page("/profile/identity", () => import("./identity")), shown: hasChecks },
] satisfies Declaration[];
