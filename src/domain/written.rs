//! The language in which a message is written, which may be one that the desk does not speak.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The language of a message, by its ISO 639-1 code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WrittenIn {
    /// English, and whatever is too short to be told from it.
    #[default]
    En,
    /// Chinese, in characters or in pinyin.
    Zh,
    /// Chinese beside another language.
    Mixed,
    /// Arabic.
    Ar,
    /// Czech.
    Cs,
    /// Danish.
    Da,
    /// German.
    De,
    /// Greek.
    El,
    /// Spanish.
    Es,
    /// Finnish.
    Fi,
    /// French.
    Fr,
    /// Hebrew.
    He,
    /// Hindi.
    Hi,
    /// Hungarian.
    Hu,
    /// Indonesian.
    Id,
    /// Italian.
    It,
    /// Japanese.
    Ja,
    /// Korean.
    Ko,
    /// Norwegian (Bokmål).
    Nb,
    /// Dutch.
    Nl,
    /// Polish.
    Pl,
    /// Portuguese.
    Pt,
    /// Romanian.
    Ro,
    /// Russian.
    Ru,
    /// Swedish.
    Sv,
    /// Thai.
    Th,
    /// Turkish.
    Tr,
    /// Ukrainian.
    Uk,
    /// Vietnamese.
    Vi,
}
