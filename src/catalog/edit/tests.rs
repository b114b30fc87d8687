//! Edits of knowledge files, compared as text.

use proptest::prelude::*;

use super::*;
use crate::catalog::{ByLanguage, Catalog, Mistake};

const SHOP: &str = r#"# The shop.

[[faq]]
id = "track" # as in the old system
category = "delivery"
question.en = 'Where is my "parcel"?'
question.zh = "我的包裹到哪里了？"
variants.en = ["where is it", "track"]
answer.en = "Under My orders."
answer.zh = "在“我的订单”里。"

# --- returns ---

# asked often
[[faq]]
id = "return"
question.en = "Can I return it?"
answer.en = "Yes."

[[intent]]
name = "hi"
act = "smalltalk"
reply.en = "Hello!"
reply.zh = "您好！"
examples.en = [
  "hi", # short
  # longer ones
  "hello there",
  "good morning",
]
"#;

fn source(text: &str) -> (tempfile::TempDir, Source) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.toml"), text).unwrap();
    let source = Source::read(folder.path());
    (folder, source)
}

fn name(kind: ItemKind, id: &str) -> ItemName {
    ItemName { kind, id: id.to_owned() }
}

fn faq(source: &Source, id: &str) -> FaqContent {
    let item = &source.items()[&name(ItemKind::Faq, id)];
    let Content::Faq(faq) = item.content.clone() else { panic!("no entry") };
    faq
}

fn intent(source: &Source, id: &str) -> IntentContent {
    let item = &source.items()[&name(ItemKind::Intent, id)];
    let Content::Intent(intent) = item.content.clone() else { panic!("no intent") };
    intent
}

/// A change of what is there now.
fn change(source: &Source, content: Content) -> Change {
    let name = content.name();
    let base = source.items().get(&name).map(|item| item.content.version());
    Change { name, base, file: Some("shop.toml".to_owned()), content: Some(content) }
}

fn removal(source: &Source, name: ItemName) -> Change {
    let base = source.items().get(&name).map(|item| item.content.version());
    Change { name, base, file: None, content: None }
}

fn text(source: &Source) -> &str {
    &source.file("shop.toml").unwrap().text
}

/// The lines that are only in one of two texts.
fn difference(before: &str, after: &str) -> String {
    let diff = similar::TextDiff::from_lines(before, after);
    let all = diff.iter_all_changes();
    let changed = all.filter(|change| change.tag() != similar::ChangeTag::Equal);
    let lines: Vec<String> = changed.map(|one| format!("{}{one}", one.tag())).collect();
    lines.concat()
}

#[test]
fn an_edit_changes_only_its_lines() {
    let (_folder, before) = source(SHOP);
    let mut entry = faq(&before, "track");
    entry.answer.en = "Look under \"My orders\".".to_owned();
    entry.variants.zh = vec!["怎么查物流".to_owned()];
    entry.variants.en = vec!["where is it".to_owned(), "lost".to_owned(), "track".to_owned()];
    let after = before.edited(&[change(&before, Content::Faq(entry))]).unwrap();
    insta::assert_snapshot!(difference(text(&before), text(&after)), @r#"
    -variants.en = ["where is it", "track"]
    -answer.en = "Under My orders."
    +variants.en = ["where is it", "lost", "track"]
    +variants.zh = ["怎么查物流"]
    +answer.en = 'Look under "My orders".'
    "#);
}

#[test]
fn a_list_over_lines_keeps_its_comments_and_its_form() {
    let (_folder, before) = source(SHOP);
    let mut talk = intent(&before, "hi");
    talk.examples.en = ["hi", "good morning", "hey"].map(str::to_owned).into();
    let after = before.edited(&[change(&before, Content::Intent(talk))]).unwrap();
    insta::assert_snapshot!(difference(text(&before), text(&after)), @r#"
    -  "hello there",
    +  "hey",
    "#);
    assert!(text(&after).contains("# longer ones\n  \"good morning\""), "{}", text(&after));
}

#[test]
fn new_items_stand_behind_those_of_their_kind() {
    let (_folder, before) = source(SHOP);
    let entry = FaqContent {
        id: "lamp".to_owned(),
        question: ByLanguage { en: "How?".to_owned(), zh: String::new() },
        answer: ByLanguage { en: "So.\nAnd so.".to_owned(), zh: String::new() },
        sites: vec!["https://a.example".to_owned()],
        ..FaqContent::default()
    };
    let wish = IntentContent {
        id: "lamps".to_owned(),
        act: String::new(),
        entry: Some("lamp".to_owned()),
        examples: ByLanguage {
            en: (0..5).map(|number| format!("lamp {number}")).collect(),
            zh: vec![],
        },
        ..IntentContent::default()
    };
    let changes =
        [change(&before, Content::Faq(entry)), change(&before, Content::Intent(wish.tidy()))];
    let after = before.edited(&changes).unwrap();
    insta::assert_snapshot!(difference(text(&before), text(&after)), @r#"
    +[[faq]]
    +id = "lamp"
    +question.en = "How?"
    +answer.en = """
    +So.
    +And so."""
    +sites = ["https://a.example"]
    +
    +
    +[[intent]]
    +name = "lamps"
    +entry = "lamp"
    +examples.en = [
    +  "lamp 0",
    +  "lamp 1",
    +  "lamp 2",
    +  "lamp 3",
    +  "lamp 4",
    +]
    "#);
}

impl IntentContent {
    fn tidy(self) -> Self {
        let Content::Intent(intent) = Content::Intent(self).tidied() else { panic!("an intent") };
        intent
    }
}

#[test]
fn what_is_removed_takes_its_own_comment_and_no_other() {
    let (_folder, before) = source(SHOP);
    let after = before.edited(&[removal(&before, name(ItemKind::Faq, "return"))]).unwrap();
    assert!(text(&after).contains("# --- returns ---\n\n[[intent]]"), "{}", text(&after));
    assert!(!text(&after).contains("# asked often"), "{}", text(&after));
    let first = before.edited(&[removal(&before, name(ItemKind::Faq, "track"))]).unwrap();
    assert!(text(&first).starts_with("# The shop.\n\n"), "{}", text(&first));
    assert!(text(&first).contains("# asked often\n[[faq]]"), "{}", text(&first));
    let last = before.edited(&[removal(&before, name(ItemKind::Intent, "hi"))]).unwrap();
    assert_eq!(last.items().len(), 2);
}

#[test]
fn who_was_second_is_told_what_is_there_now() {
    let (_folder, before) = source(SHOP);
    let mut mine = faq(&before, "return");
    mine.answer.en = "Within 30 days.".to_owned();
    let mine = change(&before, Content::Faq(mine));
    let mut theirs = faq(&before, "return");
    theirs.answer.en = "Within 14 days.".to_owned();
    let now = before.edited(&[change(&before, Content::Faq(theirs.clone()))]).unwrap();
    let Err(EditError::Conflict(conflicts)) = now.edited(std::slice::from_ref(&mine)) else {
        panic!("not noticed")
    };
    assert_eq!(conflicts[0].current.as_ref().unwrap().content, Content::Faq(theirs.clone()));
    // the same wish twice is no conflict
    assert_eq!(now.edited(&[change(&before, Content::Faq(theirs))]).unwrap(), now);
    // nor are changes of others, or comments
    let commented = before.clone().with("shop.toml", SHOP.replace("# asked often", "# rarely"));
    assert!(commented.edited(std::slice::from_ref(&mine)).is_ok());
    let gone = before.edited(&[removal(&before, name(ItemKind::Faq, "return"))]).unwrap();
    let refused = gone.edited(std::slice::from_ref(&mine));
    assert!(matches!(refused, Err(EditError::Conflict(all)) if all[0].current.is_none()));
    let new = Change { base: None, ..mine };
    assert!(matches!(before.edited(&[new]), Err(EditError::Conflict(_))));
}

#[test]
fn only_what_the_knowledge_has_can_be_named() {
    let (_folder, before) = source(SHOP);
    let entry = FaqContent { id: "new".to_owned(), ..FaqContent::default() };
    for file in ["../shop.toml", "/etc/passwd", "other.toml", "", "shop.toml/"] {
        let mut wish = change(&before, Content::Faq(entry.clone()));
        wish.file = Some(file.to_owned());
        assert_eq!(before.edited(&[wish]), Err(EditError::NoFile(file.to_owned())));
    }
    let mut renamed = change(&before, Content::Faq(faq(&before, "track")));
    renamed.name.id = "return".to_owned();
    assert!(matches!(before.edited(&[renamed]), Err(EditError::Wrong(_))));
    let inline = "faq = [{ id = 'a', question.en = 'q', answer.en = 'a' }]\n";
    let (_other, before) = source(inline);
    let mut entry = faq(&before, "a");
    entry.answer.en = "b".to_owned();
    let refused = before.edited(&[change(&before, Content::Faq(entry))]);
    assert_eq!(refused, Err(EditError::ByHand("a".to_owned())));
}

#[test]
fn carriage_returns_and_a_byte_order_mark_stay() {
    let (_folder, before) = source(&format!("\u{feff}{}", SHOP.replace('\n', "\r\n")));
    let mut entry = faq(&before, "return");
    entry.answer.en = "Within\n30 days.".to_owned();
    let after = before.edited(&[change(&before, Content::Faq(entry))]).unwrap();
    assert!(text(&after).starts_with("\u{feff}# The shop.\r\n"));
    assert!(!text(&after).replace("\r\n", "").contains('\n'));
}

#[test]
fn mistakes_name_the_field() {
    let (_folder, before) = source(SHOP);
    let mut entry = faq(&before, "track");
    entry.answer.zh.clear();
    entry.category = Some("nowhere".to_owned());
    let mut talk = intent(&before, "hi");
    talk.act = "dance".to_owned();
    talk.examples.en = vec!["where is it".to_owned()];
    let changes = [change(&before, Content::Faq(entry)), change(&before, Content::Intent(talk))];
    let after = before.edited(&changes).unwrap();
    let mistakes = Catalog::of(&after).unwrap_err();
    let told = |mistake: &Mistake| {
        let (item, field) = after.place_of(mistake).unwrap();
        format!("{}.{field}: {}", item.id, mistake.message)
    };
    let told: Vec<String> = mistakes.0.iter().map(told).collect();
    assert_eq!(
        told,
        [
            "track.answer.zh: FAQ entry `track` has no answer.zh",
            "track.category: there is no category `nowhere`",
            "hi.act: act `dance` is none of `ask`, `smalltalk`, `human`",
        ]
    );
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ -~\n中文\"'\\\\#]{1,12}", 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    /// Whatever is written comes back, and an edit that is taken back says what was said before.
    #[test]
    fn any_texts_come_back(en in texts(), zh in texts(), answer in "[ -~\n中文\"'\\\\]{0,30}") {
        let (_folder, before) = source(SHOP);
        let mut entry = faq(&before, "track");
        entry.variants = ByLanguage { en: en.clone(), zh };
        entry.answer.en = answer;
        entry.segments = en;
        let wanted = Content::Faq(entry).tidied();
        let after = before.edited(&[change(&before, wanted.clone())]).unwrap();
        prop_assert_eq!(&after.items()[&wanted.name()].content, &wanted);
        prop_assert!(text(&after).contains("# as in the old system"));
        let back = after.edited(&[change(&after, Content::Faq(faq(&before, "track")))]).unwrap();
        let said = |source: &Source| source.items().into_values().map(|item| item.content).collect::<Vec<_>>();
        prop_assert_eq!(said(&back), said(&before));
    }
}
