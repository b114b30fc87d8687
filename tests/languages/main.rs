//! Questions in languages and scripts that the knowledge does not have find its entries, with the
//! shipped encoders.

use std::path::Path;
use std::time::Duration;

use frontdesk::catalog::{ByLanguage, Catalog, FaqEntry};
use frontdesk::domain::{Language, Tier, WrittenIn};
use frontdesk::understanding::encode::{Encoders, Encoding, KeptVectors, Origin, PoolSize};
use frontdesk::understanding::{Asked, Understanding};

fn entry(id: &str, question: [&str; 2], answer: [&str; 2]) -> FaqEntry {
    let both = |[en, zh]: [&str; 2]| ByLanguage { en: en.to_owned(), zh: zh.to_owned() };
    FaqEntry {
        id: id.to_owned(),
        question: both(question),
        answer: both(answer),
        ..FaqEntry::default()
    }
}

#[test]
fn questions_find_entries_across_languages() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let [multilingual, english] =
        ["multilingual-e5-small", "all-MiniLM-L6-v2"].map(|name| Origin::Folder(models.join(name)));
    let encoders = Encoders::load(&multilingual, Some(&english)).unwrap();
    let size = PoolSize { threads: 1, waiting: 8, patience: Duration::from_mins(1) };
    let folder = tempfile::tempdir().unwrap();
    let kept = KeptVectors::open(folder.path().join("vectors.bin"));
    let encoding = Encoding::start(encoders, size, kept).unwrap();
    let entries = vec![
        entry("track", ["Where is my order?", ""], ["The tracking number is under My orders.", ""]),
        entry("return", ["Can I return an item?", ""], ["Yes, within 30 days of delivery.", ""]),
        entry("hours", ["When are you open?", ""], ["From 9 to 18 on workdays.", ""]),
        entry("repair", ["My device is broken, can it be repaired?", ""], ["Send it to us.", ""]),
        entry("invoice", ["", "怎么开发票"], ["", "填写抬头和税号后申请。"]),
    ];
    let catalog = Catalog { entries, ..Catalog::default() };
    let understanding = Understanding::train(&catalog, Some(&encoding), &|_, _| true).unwrap();
    for (text, id, language, written_in) in [
        ("¿Dónde está mi pedido?", "track", Language::En, WrittenIn::Es),
        ("Puis-je retourner un article que j'ai acheté ?", "return", Language::En, WrittenIn::Fr),
        ("我的订单到哪了", "track", Language::Zh, WrittenIn::Zh),
        ("請問你們的營業時間是幾點", "hours", Language::Zh, WrittenIn::Zh),
        ("請問發票怎麼開", "invoice", Language::Zh, WrittenIn::Zh),
        ("Can you fix my brokne device?", "repair", Language::En, WrittenIn::En),
    ] {
        let reading = understanding.read(&Asked { text, ..Asked::default() });
        assert_eq!(reading.tier, Tier::Encoder, "{text}");
        assert_eq!(reading.answers.first().map(|answer| answer.id.as_str()), Some(id), "{text}");
        assert_eq!((reading.language, reading.written_in), (language, written_in), "{text}");
    }
}
