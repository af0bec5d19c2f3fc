import { textRule } from '../textRule.ts';
import { capital, eachSentence } from '../sentencesOf.ts';

/**
 * Models like to say that they look at a picture: the reader knows. What follows the opener stays word by word,
 * so "The image shows two cars" becomes "Two cars". An opener that says something of the scene is none.
 */
export const metaOpeners = textRule((text) => eachSentence(text, bare));

/** Openers come in chains: "In this image, we can see that there is ...". */
function bare(sentence: string): string {
  let rest = sentence;
  for (let round = 0; round < 4; round += 1) {
    const next = withoutOpener(rest);
    if (next === rest) break;
    rest = next;
  }
  return rest === sentence ? sentence : capital(rest);
}

/** The opener goes only if something is left to say. */
const withoutOpener = (text: string): string => {
  for (const opener of OPENERS) {
    const found = opener.exec(text);
    if (found && /[\p{L}\p{N}]/u.test(text.slice(found[0].length))) return text.slice(found[0].length);
  }
  return text;
};

const QUALITY =
  '(?:provided|given|attached|above|following|uploaded|simple|small|grey|gray|grayscale|greyscale|monochrome|pixelated|blurry|blurred|detailed|clear|event-based|event-camera|event camera|neuromorphic|accumulated|dvs|rendered|synthetic|digital|visual|computer-generated|low-resolution|high-contrast|beautiful|stunning|vivid|whole|entire)';
const PICTURE =
  '(?:images?|pictures?|photos?|photographs?|frames?|snapshots?|screenshots?|visuali[sz]ations?|renderings?|depictions?|captures?|scenes?|view|shot|window|event frame|time surface|camera frame)';
const SOURCE =
  "(?:\\s+(?:from|of|by|captured by|recorded by|taken by|taken with)\\s+(?:an?|the)\\s+(?:event[- ](?:based )?camera|event sensor|dvs|neuromorphic (?:camera|sensor)|dynamic vision sensor)(?:'s (?:output|view))?)?";
const SHOWS =
  '(?:(?:clearly|mainly|mostly|primarily|simply|also|prominently|vividly|likely)\\s+)?(?:shows?|showing|showcases?|showcasing|depicts?|depicting|displays?|displaying|captures?|capturing|presents?|portrays?|portraying|illustrates?|illustrating|features?|featuring|contains?|containing|represents?|representing|reveals?|revealing|highlights?|includes?|is of|consists of)';
const SHOWN = '(?:\\s+(?:us|a (?:scene|view) (?:of|with|in which|where)|that there (?:is|are)))?\\s+';

const PICTURED = `(?:${QUALITY}[\\s,]+(?:and\\s+)?){0,3}${PICTURE}${SOURCE}`;
const SEEING =
  "(?:(?:i|we|you|one)(?:\\s+(?:can|could))?(?:\\s+(?:clearly|also))?\\s+(?:see|observe|notice|spot|make out)|there(?:\\s+(?:is|are)|'s)|(?:it|this)\\s+(?:shows|depicts|is)(?=\\s+(?:an?|the|two|three|some|several)\\s))";

const OPENERS = [
  // The image shows ...; This event-camera frame captures ...
  `^(?:the|this|that|our|my|an?)\\s+${PICTURED}\\s+${SHOWS}${SHOWN}`,
  `^${PICTURED}\\s+${SHOWS}${SHOWN}`,
  // In this image, we can see ...; In the picture there is ...
  `^(?:in|within|from|on)\\s+(?:the|this|that)\\s+${PICTURED}\\s*,?\\s+(?:${SEEING}\\s+)?`,
  // This is an image of ...; Here we see a picture showing ...
  `^(?:(?:this|it|here)(?:\\s+is|'s)|${SEEING})\\s+(?:an?|the)\\s+${PICTURED}\\s+(?:of|${SHOWS})${SHOWN}`,
  // The object in the picture is a ...; Based on the image, ...
  `^the\\s+(?:main\\s+)?(?:object|item|product|subject|thing)\\s+(?:(?:shown|depicted|pictured|seen)\\s+)?(?:(?:in|of)\\s+(?:the|this)\\s+${PICTURED}\\s+)?(?:is|are)\\s+(?=(?:an?|the|two|three|some|several)\\s)`,
  `^(?:based on|according to|judging by|as seen in|as shown in)\\s+(?:the|this)\\s+${PICTURED},?\\s+`,
  // A photo of ...
  `^(?:an?\\s+)?${PICTURED}\\s+of\\s+(?=(?:an?|the|two|three|four|five|some|several|many)\\s)`,
  // We can see ...; Here we see ...
  `^(?:here,?\\s+)?(?:i|we|you|one)(?:\\s+(?:can|could))?(?:\\s+(?:clearly|also))?\\s+(?:see|observe|notice|spot|make out)\\s+(?:that\\s+)?`,
  // There is a car ... (the house style is the bare noun phrase); This is a ...
  `^(?:there(?:\\s+also)?(?:\\s+(?:is|are|appears to be|seems to be)|'s)(?:\\s+also)?|(?:this|it|these)(?:\\s+(?:is|are)|'s))\\s+(?=(?:an?|the|some|several|many|another|one|two|three|four|five|six|seven|eight|nine|ten|\\d+)\\s)`,
].map((source) => new RegExp(source, 'i'));
