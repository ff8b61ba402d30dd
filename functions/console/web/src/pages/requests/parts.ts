import type { Schemas } from "../../api/client";
import { may, type Me } from "../../api/queries";

export type ServiceRequest = Schemas["ServiceRequest"];
export type Act = Schemas["CreateServiceRequestInputBody"]["act"];

/** Whether the person follows service requests. */
export const sees = (me: Me) => may(me, "requests:file");
/** Whether the person files them: the platform's staff does itself what others ask it for. */
export const files = (me: Me) => sees(me) && me.user.kind !== "operator";

/** What can be asked for in an organisation: what its settings keep from its admins goes first. */
export function actsOf({ organisation: { settings } }: Me): Act[] {
  const acts: Act[] = ["createUser", "updateUser", "deactivateUser", "reactivateUser", "resetSecondFactor"];
  if (settings.removal) acts.push("removeUser");
  if (!settings.adminsCertificates) acts.push("addCertificate", "removeCertificate");
  return acts;
}
export const tones = { open: "warn", accepted: "good", declined: "bad", expired: "neutral" } as const;
