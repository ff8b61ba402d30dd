import { may, type Me } from "../../api/queries";
import type { Declaration } from "../../pages";

const has = (me: Me) => may(me, "users:view") && me.organisation.settings.roleCount !== "none";
const keeps = (me: Me) => has(me) && may(me, "roles:manage");

export default [
  { path: "/roles", title: "roles.title", load: () => import("./list"), shown: has, entry: { icon: "roles", group: "organisation", order: 2 } },
  { path: "/roles/new", title: "roles.new", load: () => import("./create"), shown: keeps },
  { path: "/roles/:id", title: "roles.title", load: () => import("./detail"), shown: has },
  { path: "/roles/:id/edit", title: "roles.edit", load: () => import("./edit"), shown: keeps },
] satisfies Declaration[];
