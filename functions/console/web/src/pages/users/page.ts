import { may } from "../../api/queries";
import type { Declaration } from "../../pages";

export default {
  path: "/users",
  title: "users.title",
  load: () => import("./list"),
  shown: (me) => may(me, "users:view"),
  entry: { icon: "users", group: "people", order: 1 },
} satisfies Declaration;
