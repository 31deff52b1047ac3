//! Documents: a PDF of pages, without anything that acts by itself and without other files.

use domain::file::FileRejection;
use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, Error as LopdfError, LoadOptions, Object};

use crate::InspectionLimits;
use crate::names::{refused_key, refused_pair};
use crate::raw_pdf;

/// Most bytes that one stream of objects or cross-references expands to. Writers put some hundred objects into one.
const STREAM_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most steps between two pages of the tree, so that a circle ends.
const TREE_DEPTH_MAX: usize = 64;

/// Inspects a PDF. Its bytes stay as they are, because a signature can be in it.
pub(crate) fn inspect(bytes: &[u8], limits: &InspectionLimits) -> Result<(), FileRejection> {
    let counts = raw_pdf::read(bytes, limits.tokens_max)?;
    // The reader keeps the objects of every object stream, so all of them together stay below the limit.
    let stream_bytes_max = (limits.expanded_bytes_max / counts.firsts.max(1)).min(STREAM_BYTES_MAX);
    let options =
        LoadOptions { max_decompressed_size: Some(stream_bytes_max), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(rejection)?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(FileRejection::Encrypted);
    }
    require_read(&document)?;
    require_passive(&document, &document.trailer)?;
    for object in document.objects.values() {
        visit(&document, object)?;
    }
    require_pages(&document, limits.pages_max)
}

fn rejection(error: LopdfError) -> FileRejection {
    match error {
        LopdfError::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
            FileRejection::TooComplex
        }
        LopdfError::Decryption(_)
        | LopdfError::InvalidPassword
        | LopdfError::UnsupportedSecurityHandler(_) => FileRejection::Encrypted,
        _ => FileRejection::Malformed,
    }
}

/// Requires that the reader has each object that the table places in an object stream. It leaves out a stream that
/// it cannot decode, which a viewer may open.
fn require_read(document: &Document) -> Result<(), FileRejection> {
    let is_read = |(id, entry): (&u32, &XrefEntry)| match entry {
        XrefEntry::Compressed { .. } => document.objects.contains_key(&(*id, 0)),
        XrefEntry::Free | XrefEntry::UnusableFree | XrefEntry::Normal { .. } => true,
    };
    match document.reference_table.entries.iter().all(is_read) {
        true => Ok(()),
        false => Err(FileRejection::Malformed),
    }
}

/// Visits an object with all that it contains. The reader limits how deep objects are nested.
fn visit(document: &Document, object: &Object) -> Result<(), FileRejection> {
    match object {
        Object::Array(items) => items.iter().try_for_each(|item| visit(document, item)),
        Object::Dictionary(dictionary) => require_passive(document, dictionary),
        Object::Stream(stream) => {
            // A stream with this key has its data in another file.
            if stream.dict.has(b"F") {
                return Err(FileRejection::ActiveContent);
            }
            require_passive(document, &stream.dict)
        }
        _ => Ok(()),
    }
}

fn require_passive(document: &Document, dictionary: &Dictionary) -> Result<(), FileRejection> {
    for (key, value) in dictionary {
        let resolved = document.dereference(value).map_or(value, |(_, object)| object);
        if let Some(rejection) = refused_key(key).filter(|_| !is_nothing(resolved)) {
            return Err(rejection);
        }
        if let Some(rejection) = resolved.as_name().ok().and_then(|name| refused_pair(key, name)) {
            return Err(rejection);
        }
        if key == b"OpenAction" && !is_destination(resolved) {
            return Err(FileRejection::ActiveContent);
        }
        visit(document, value)?;
    }
    Ok(())
}

/// Returns true if a key with this value is as good as absent.
fn is_nothing(object: &Object) -> bool {
    match object {
        Object::Null => true,
        Object::Array(items) => items.is_empty(),
        Object::Dictionary(dictionary) => dictionary.is_empty(),
        _ => false,
    }
}

/// Returns true if this only chooses the page that a viewer shows first, as TeX writes it into every document.
fn is_destination(object: &Object) -> bool {
    match object {
        Object::Null | Object::Array(_) => true,
        Object::Dictionary(action) => {
            action.get(b"S").and_then(Object::as_name).is_ok_and(|name| name == b"GoTo")
                && !action.has(b"Next")
        }
        _ => false,
    }
}

/// Counts the pages of the tree; a document has at least one.
fn require_pages(document: &Document, pages_max: usize) -> Result<(), FileRejection> {
    let malformed = |_| FileRejection::Malformed;
    let root = document.catalog().and_then(|catalog| catalog.get(b"Pages")).map_err(malformed)?;
    let mut pages = 0_usize;
    let mut nodes = 0_usize;
    let mut waiting = vec![(root, 0_usize)];
    while let Some((object, depth)) = waiting.pop() {
        nodes += 1;
        if depth > TREE_DEPTH_MAX || nodes > pages_max.saturating_mul(4) {
            return Err(FileRejection::TooManyPages);
        }
        let (_, node) = document.dereference(object).map_err(malformed)?;
        let node = node.as_dict().map_err(malformed)?;
        match node.get(b"Kids") {
            Ok(kids) => {
                let (_, kids) = document.dereference(kids).map_err(malformed)?;
                let kids = kids.as_array().map_err(malformed)?;
                waiting.extend(kids.iter().map(|kid| (kid, depth + 1)));
            }
            Err(_) => pages += 1,
        }
        if pages > pages_max {
            return Err(FileRejection::TooManyPages);
        }
    }
    if pages == 0 { Err(FileRejection::Malformed) } else { Ok(()) }
}
