//! Languages that are neither English nor Chinese (crate `whatlang`, by script and trigrams). It is
//! asked only where few words are known, for short English is easily taken for something else.

use whatlang::{Detector, Lang};

use crate::domain::WrittenIn;

/// The languages that are told apart.
const LANGUAGES: [(Lang, WrittenIn); 27] = [
    (Lang::Eng, WrittenIn::En),
    (Lang::Ara, WrittenIn::Ar),
    (Lang::Ces, WrittenIn::Cs),
    (Lang::Dan, WrittenIn::Da),
    (Lang::Deu, WrittenIn::De),
    (Lang::Ell, WrittenIn::El),
    (Lang::Spa, WrittenIn::Es),
    (Lang::Fin, WrittenIn::Fi),
    (Lang::Fra, WrittenIn::Fr),
    (Lang::Heb, WrittenIn::He),
    (Lang::Hin, WrittenIn::Hi),
    (Lang::Hun, WrittenIn::Hu),
    (Lang::Ind, WrittenIn::Id),
    (Lang::Ita, WrittenIn::It),
    (Lang::Jpn, WrittenIn::Ja),
    (Lang::Kor, WrittenIn::Ko),
    (Lang::Nob, WrittenIn::Nb),
    (Lang::Nld, WrittenIn::Nl),
    (Lang::Pol, WrittenIn::Pl),
    (Lang::Por, WrittenIn::Pt),
    (Lang::Ron, WrittenIn::Ro),
    (Lang::Rus, WrittenIn::Ru),
    (Lang::Swe, WrittenIn::Sv),
    (Lang::Tha, WrittenIn::Th),
    (Lang::Tur, WrittenIn::Tr),
    (Lang::Ukr, WrittenIn::Uk),
    (Lang::Vie, WrittenIn::Vi),
];
/// How sure the detection of a language in Latin letters must be.
const SURE_AT: f64 = 0.2;

/// The language of a text other than English; nothing when it is not sure.
pub(super) fn foreign(text: &str) -> Option<WrittenIn> {
    let detector = Detector::with_allowlist(LANGUAGES.iter().map(|(lang, _)| *lang).collect());
    let found = detector.detect(text)?;
    let is_sure = found.script() != whatlang::Script::Latin || found.confidence() >= SURE_AT;
    let (_, written) = LANGUAGES.iter().find(|(lang, _)| *lang == found.lang())?;
    (is_sure && *written != WrittenIn::En).then_some(*written)
}
