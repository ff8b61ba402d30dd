import { Profile } from "./frame";
import { OwnKyc } from "./kyc";

/** One's identity checks, of who is past the first: the levels that are left. */
export default function Identity() {
  return (
    <Profile>
      <div className="sheet stack profile-identity">
        <OwnKyc />
      </div>
    </Profile>
  );
}
