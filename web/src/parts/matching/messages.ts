import { da } from "../../i18n/da/matching";
import { en } from "../../i18n/en/matching";
import { catalogue } from "../../i18n/language";

export const messages = catalogue(en, da);
