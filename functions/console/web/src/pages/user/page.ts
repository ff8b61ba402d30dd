import { may } from "../../api/queries";
import type { Declaration } from "../../pages";

const sees: Declaration["shown"] = (me) => may(me, "users:view");

export default [
  { path: "/users/new", title: "newUser.title", load: () => import("./new"), shown: (me) => may(me, "users:create") },
  { path: "/users/:id/edit", title: "editUser.title", load: () => import("./edit"), shown: (me) => may(me, "users:update") },
  { path: "/users/:id", title: "users.title", load: () => import("./details"), shown: sees },
  { path: "/users/:id/:tab", title: "users.title", load: () => import("./details"), shown: sees },
] satisfies Declaration[];
