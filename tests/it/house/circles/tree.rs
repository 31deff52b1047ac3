//! The modules of a crate and the files they are in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta};

use super::code::{ModuleCode, is_test, name_of, parts};

/// The macros in textual scope, with the file of each.
type Macros = BTreeMap<String, usize>;

/// The root is the first file and the first module.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Each file once.
    pub(crate) files: Vec<PathBuf>,
    /// Each module, also those inside of a file.
    pub(crate) modules: Vec<Module>,
    exported: Macros,
}

/// A module.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// Its name; the root has none.
    pub(crate) name: String,
    /// The module it is in.
    pub(crate) parent: Option<usize>,
    /// The file it is in.
    pub(crate) file: usize,
    /// The modules in it, by name.
    pub(crate) children: BTreeMap<String, usize>,
    /// The names of the types and values it defines.
    pub(crate) items: BTreeSet<String>,
    /// The macros that its code can call by name; of the root, exported ones too.
    pub(crate) macros: Macros,
    /// What its code says.
    pub(crate) code: ModuleCode,
}

/// Where modules are looked for.
struct ModuleFolder {
    /// The file of the item.
    file: usize,
    /// The folder of `mod name;`.
    folder: PathBuf,
    /// The folder of `#[path]`.
    beside: PathBuf,
}

impl Tree {
    /// Reads the crate of this root.
    pub(crate) fn read(root: &Path) -> Self {
        let mut tree = Self::default();
        tree.add_file(root, folder_of(root), Module::default(), &mut Macros::new());
        let exported = std::mem::take(&mut tree.exported);
        tree.modules[0].macros.extend(exported);
        tree
    }

    /// Returns the path of a file from the folder of the root.
    pub(crate) fn file_name(&self, file: usize) -> String {
        let path = &self.files[file];
        path.strip_prefix(folder_of(&self.files[0])).unwrap_or(path).to_string_lossy().into_owned()
    }

    /// Returns the module right below the root that a file belongs to.
    pub(crate) fn room(&self, file: usize) -> String {
        let mut module = self.modules.iter().find(|module| module.file == file);
        while let Some(inner) = module.filter(|module| module.parent.is_some_and(|one| one != 0)) {
            module = inner.parent.map(|parent| &self.modules[parent]);
        }
        let name = module.map(|module| &module.name).filter(|name| !name.is_empty());
        name.cloned().unwrap_or_else(|| self.file_name(0))
    }

    /// Reads a file as this module, and everything below it.
    fn add_file(
        &mut self,
        path: &Path,
        folder: PathBuf,
        module: Module,
        macros: &mut Macros,
    ) -> usize {
        let text = fs::read_to_string(path);
        let text = text.unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
        let syntax = syn::parse_file(&text);
        let syntax = syntax.unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
        let known = self.files.iter().position(|known| known == path);
        let file = known.unwrap_or_else(|| {
            self.files.push(path.to_owned());
            self.files.len() - 1
        });
        let place = ModuleFolder { file, folder, beside: folder_of(path) };
        let items = if is_test(&syntax.attrs) { Vec::new() } else { syntax.items };
        self.add_module(&place, module, &items, macros)
    }

    fn add_module(
        &mut self,
        place: &ModuleFolder,
        module: Module,
        items: &[Item],
        macros: &mut Macros,
    ) -> usize {
        let index = self.modules.len();
        self.modules.push(Module { file: place.file, ..module });
        for item in items.iter().filter(|item| !is_test(parts(item).0)) {
            match item {
                Item::Mod(item) => self.add_child(place, index, item, macros),
                _ => self.add_item(index, item, macros),
            }
        }
        self.modules[index].macros.clone_from(macros);
        index
    }

    fn add_item(&mut self, index: usize, item: &Item, macros: &mut Macros) {
        let module = &mut self.modules[index];
        module.code.add(item);
        match parts(item) {
            (attributes, Some(name)) if matches!(item, Item::Macro(_)) => {
                if has(attributes, "macro_export") {
                    self.exported.insert(name.clone(), module.file);
                }
                macros.insert(name, module.file);
            }
            (_, name) => module.items.extend(name),
        }
    }

    fn add_child(
        &mut self,
        place: &ModuleFolder,
        parent: usize,
        item: &ItemMod,
        macros: &mut Macros,
    ) {
        let name = name_of(&item.ident);
        let module = Module { name: name.clone(), parent: Some(parent), ..Module::default() };
        let given = given_path(&item.attrs).map(|path| place.beside.join(path));
        let folder = place.folder.join(&name);
        let mut inner = macros.clone();
        let child = match (&item.content, given) {
            (Some((_, items)), given) => {
                let folder = given.unwrap_or(folder);
                let place = ModuleFolder { file: place.file, beside: folder.clone(), folder };
                self.add_module(&place, module, items, &mut inner)
            }
            (None, Some(path)) => self.add_file(&path, folder_of(&path), module, &mut inner),
            (None, None) => {
                let nested = folder.join("mod.rs");
                let path = if nested.is_file() { nested } else { folder.with_extension("rs") };
                self.add_file(&path, folder, module, &mut inner)
            }
        };
        self.modules[parent].children.insert(name, child);
        if has(&item.attrs, "macro_use") {
            *macros = inner;
        }
    }
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().expect("a file is in a folder").to_owned()
}

fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident(name))
}

/// Returns the value of `#[path]`.
fn given_path(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}
