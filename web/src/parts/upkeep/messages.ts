import { da } from "../../i18n/da/upkeep";
import { en } from "../../i18n/en/upkeep";
import { catalogue } from "../../i18n/language";

export const messages = catalogue(en, da);
