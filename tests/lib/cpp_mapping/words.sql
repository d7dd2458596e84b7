CREATE TABLE "class" ("id" INTEGER PRIMARY KEY, "delete" TEXT, "Class" INTEGER, "new_" INTEGER, "new" TEXT,
  "ord""er \" TEXT, "2nd" REAL, "größe" TEXT, "std" TEXT, x);
CREATE TABLE "mapped" ("id" INTEGER PRIMARY KEY, "namespace_id" INTEGER REFERENCES "class" ("id"), "Value" TEXT);
CREATE TABLE "a.b c" ("id" INTEGER PRIMARY KEY, "errno" INTEGER NOT NULL DEFAULT -7, "this_id" INTEGER REFERENCES "a.b c");
CREATE TABLE by_code (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
CREATE TABLE uses_code (id INTEGER PRIMARY KEY, code TEXT REFERENCES by_code (code));
CREATE TABLE a_b (id INTEGER PRIMARY KEY, note TEXT, class_id INTEGER REFERENCES "class", by_code_id INTEGER REFERENCES by_code,
  UNIQUE (class_id, by_code_id));
CREATE TABLE class_by_code (id INTEGER PRIMARY KEY, class_id INTEGER REFERENCES "class",
  by_code_id INTEGER REFERENCES by_code);
