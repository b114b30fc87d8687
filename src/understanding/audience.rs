//! For whom an entry is: the operator may keep entries to sites and to segments of customers. What
//! is not for those who ask is not searched, so that it takes no place from what is.

use std::sync::Arc;

use crate::catalog::{Catalog, FaqEntry};

/// Who asks, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Audience<'a> {
    /// The site on which the message was written.
    pub site: Option<&'a str>,
    /// The segments to which the customer belongs.
    pub segments: &'a [String],
}

impl Audience<'_> {
    /// Whether an entry is for them: it names no sites or theirs, and no segments or one of theirs.
    fn may_see(&self, entry: &FaqEntry) -> bool {
        let here = |site: &String| Some(site.as_str()) == self.site;
        (entry.sites.is_empty() || entry.sites.iter().any(here))
            && (entry.segments.is_empty()
                || entry.segments.iter().any(|segment| self.segments.contains(segment)))
    }
}

/// The entries that are not for everybody.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    entries: usize,
    limited: Vec<(usize, FaqEntry)>,
    /// Intents that such an entry answers, with its place.
    intents: Vec<(String, usize)>,
}

impl Limits {
    /// What the operator limited.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let is_limited = |entry: &FaqEntry| !(entry.sites.is_empty() && entry.segments.is_empty());
        let limited: Vec<(usize, FaqEntry)> = (0..)
            .zip(&catalog.entries)
            .filter(|(_, entry)| is_limited(entry))
            .map(|(at, entry)| {
                let FaqEntry { id, sites, segments, .. } = entry.clone();
                (at, FaqEntry { id, sites, segments, ..FaqEntry::default() })
            })
            .collect();
        let answering = |id: &String| limited.iter().find(|(_, entry)| entry.id == *id);
        let intents = catalog.intents.iter().filter(|intent| intent.reply.is_none());
        let intents = intents
            .filter_map(|intent| Some((intent.name.clone(), answering(intent.entry.as_ref()?)?.0)))
            .collect();
        Self { entries: catalog.entries.len(), limited, intents }
    }

    /// What is not for `audience`.
    pub(super) fn hidden(&self, audience: &Audience<'_>) -> Hidden {
        let kept_back: Vec<usize> = self
            .limited
            .iter()
            .filter(|(_, entry)| !audience.may_see(entry))
            .map(|(at, _)| *at)
            .collect();
        Hidden::of(self.entries, &kept_back)
    }

    /// Whether nothing but a hidden entry answers the intent.
    pub(super) fn hides(&self, intent: &str, hidden: &Hidden) -> bool {
        !hidden.is_empty()
            && self.intents.iter().any(|(name, entry)| name == intent && hidden.has(*entry))
    }
}

/// The entries that a search leaves out.
#[derive(Clone, Debug, Default)]
pub(super) struct Hidden {
    entries: Arc<[bool]>,
    count: usize,
}

impl Hidden {
    /// These places of so many entries.
    pub(super) fn of(count: usize, places: &[usize]) -> Self {
        if places.is_empty() {
            return Self::default();
        }
        let mut entries = vec![false; count];
        for at in places {
            entries.get_mut(*at).into_iter().for_each(|hidden| *hidden = true);
        }
        Self { entries: entries.into(), count: places.len() }
    }

    /// Whether the entry at this place is left out.
    pub(super) fn has(&self, entry: usize) -> bool {
        self.entries.get(entry).copied().unwrap_or(false)
    }

    /// Whether nothing is left out.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many entries are left out.
    pub(super) fn count(&self) -> usize {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ByLanguage, Intent, IntentAct};
    use crate::understanding::{Asked, Understanding};

    fn entry(id: &str, question: &str, sites: &[&str], segments: &[&str]) -> FaqEntry {
        let english = |en: &str| ByLanguage { en: en.to_owned(), zh: String::new() };
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        FaqEntry {
            id: id.to_owned(),
            question: english(question),
            answer: english("Yes."),
            sites: owned(sites),
            segments: owned(segments),
            ..FaqEntry::default()
        }
    }

    fn understanding() -> Understanding {
        let mut entries = vec![
            entry("everybody", "do you ship parcels abroad", &[], &[]),
            entry("shop", "do you ship parcels for free", &["https://shop.example"], &[]),
            entry("vip", "do you ship parcels over night", &[], &["vip", "staff"]),
            entry("both", "do you ship parcels by taxi", &["https://b.example"], &["vip"]),
        ];
        // more than a search gives, all of another site
        entries.extend((0..200).map(|n| {
            entry(&format!("other-{n}"), "do you ship parcels", &["https://other.example"], &[])
        }));
        let intent = |name: &str, id: &str, examples: [&str; 2]| Intent {
            name: name.to_owned(),
            entry: Some(id.to_owned()),
            act: IntentAct::Ask,
            examples: ByLanguage { en: examples.map(str::to_owned).to_vec(), zh: vec![] },
            ..Intent::default()
        };
        let intents = vec![
            intent("abroad", "everybody", ["ship to France", "ship to another country"]),
            intent("night", "vip", ["ship over night", "I need it tomorrow morning"]),
        ];
        let catalog = Catalog { intents, entries, ..Catalog::default() };
        Understanding::train(&catalog, None, &|_, _| true).unwrap()
    }

    fn found(site: Option<&str>, segments: &[&str]) -> Vec<String> {
        let segments: Vec<String> = segments.iter().map(|name| (*name).to_owned()).collect();
        let audience = Audience { site, segments: &segments };
        let text = "do you ship parcels";
        let reading = understanding().read(&Asked { text, audience, ..Asked::default() });
        let mut ids: Vec<String> = reading.answers.into_iter().map(|answer| answer.id).collect();
        ids.sort();
        ids
    }

    #[test]
    fn entries_of_a_site_or_a_segment_are_found_there_only() {
        assert_eq!(found(None, &[]), ["everybody"]);
        assert_eq!(found(Some("https://shop.example"), &[]), ["everybody", "shop"]);
        assert_eq!(found(None, &["new", "vip"]), ["everybody", "vip"]);
        assert_eq!(found(Some("https://b.example"), &["staff"]), ["everybody", "vip"]);
        assert_eq!(found(Some("https://b.example"), &["vip"]), ["both", "everybody", "vip"]);
        let other = found(Some("https://other.example"), &[]);
        assert!(other.iter().any(|id| id.starts_with("other-")), "{other:?}");
    }

    #[test]
    fn an_intent_that_only_a_hidden_entry_answers_is_not_read() {
        let understanding = understanding();
        let text = "ship it over night, I need it tomorrow morning";
        let named = |segments: &[String]| {
            let audience = Audience { site: None, segments };
            let reading = understanding.read(&Asked { text, audience, ..Asked::default() });
            let intents = reading.intent.into_iter().chain(reading.alternatives);
            intents.map(|intent| intent.name).collect::<Vec<_>>()
        };
        assert_eq!(named(&["vip".to_owned()])[0], "night");
        assert_eq!(named(&[]), ["abroad"]);
    }
}
