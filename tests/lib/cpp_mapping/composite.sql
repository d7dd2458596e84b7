CREATE TABLE tenant (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE user (name TEXT NOT NULL, tenant_id INTEGER NOT NULL REFERENCES tenant (id), age INTEGER,
  PRIMARY KEY (tenant_id, name));
CREATE TABLE doc (id INTEGER PRIMARY KEY, title TEXT, tenant_id INTEGER REFERENCES tenant (id), owner_name TEXT,
  FOREIGN KEY (owner_name, tenant_id) REFERENCES user (name, tenant_id));
