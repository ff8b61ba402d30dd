import { may } from "../../api/queries";
import type { Declaration } from "../../pages";

export default [
  {
    path: "/accounts",
    title: "accounts.title",
    load: () => import("./list"),
    shown: (me) => may(me, "organisation:view"),
    entry: { icon: "accounts", group: "organisation", order: 1 },
  },
  { path: "/accounts/:id", title: "accounts.title", load: () => import("./detail"), shown: (me) => may(me, "organisation:view") && may(me, "users:view") },
] satisfies Declaration[];
