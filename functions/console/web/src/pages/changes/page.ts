import { may } from "../../api/queries";
import type { Declaration } from "../../pages";

export default [
  {
    path: "/changes",
    title: "changes.title",
    load: () => import("./list"),
    shown: (me) => may(me, "users:view"),
    entry: { icon: "changes", group: "control", order: 1 },
  },
  // Who asked for a change follows it, whatever else they may (3.12): the API says whose it is.
  { path: "/changes/:id", title: "changes.title", load: () => import("./detail") },
] satisfies Declaration[];
