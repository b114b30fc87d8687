//! `frontdesk encode`: the vectors of the knowledge, ahead of time, into a file beside it. A machine
//! that gets both starts with them at once.

use std::process::ExitCode;

use crate::app::VECTORS;
use crate::cli::progress::tell;
use crate::cli::{fail, print};
use crate::config::Settings;
use crate::conversation::Knowledge;
use crate::understanding::encode::KeptVectors;

pub(super) fn run(settings: &Settings) -> ExitCode {
    let file = settings.server.intents.join(VECTORS);
    let encoding = match crate::app::encoding_in(settings, KeptVectors::open(file.clone())) {
        Ok(Some(encoding)) => encoding,
        Ok(None) => return fail(&"`encoder.enabled` is false: there is nothing to encode with"),
        Err(error) => return fail(&error),
    };
    if let Err(mistakes) = Knowledge::load(&settings.server.intents, Some(&encoding), &tell) {
        return fail(&mistakes);
    }
    // what the load could not write is still there, and the second try says why
    let written = encoding.kept.save().and_then(|()| std::fs::metadata(&file));
    match written {
        Ok(written) => {
            let size = written.len().div_ceil(1024);
            print(&format!("{}: {size} KiB, every text of the knowledge\n", file.display()))
        }
        Err(error) => fail(&format!("{} cannot be written: {error}", file.display())),
    }
}
