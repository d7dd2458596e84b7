-- The records of Port Merrow Botanic Garden: what grows where, who looks after it, and where the seed goes.

-- The parts of the garden, under glass and in the open; each is divided into beds.
CREATE TABLE area (
    area_code     CHAR(2)      PRIMARY KEY NOT NULL CHECK (area_code = upper(area_code) AND length(area_code) = 2),
    name          VARCHAR(60)  NOT NULL UNIQUE,
    is_glasshouse BOOLEAN      NOT NULL DEFAULT 0 CHECK (is_glasshouse IN (0, 1)),
    min_temp_c    DECIMAL(3,1),
    opened_on     DATE         CHECK (opened_on IS date(opened_on)),
    note          TEXT
);

-- Families, genera, species and cultivars in one tree: a taxon points at the one above it.
CREATE TABLE taxon (
    taxon_id         INTEGER PRIMARY KEY,
    parent_id        INTEGER REFERENCES taxon (taxon_id) ON DELETE RESTRICT ON UPDATE CASCADE,
    rank             TEXT    NOT NULL CHECK (rank IN ('family', 'genus', 'species', 'cultivar')),
    name             TEXT    NOT NULL UNIQUE,
    author           TEXT,
    life_form        TEXT,
    native_range     TEXT,
    iucn_status      CHAR(2) CHECK (iucn_status IN ('DD', 'LC', 'NT', 'VU', 'EN', 'CR', 'EW', 'EX')),
    flowers_from     INTEGER CHECK (flowers_from BETWEEN 1 AND 12),
    flowers_to       INTEGER CHECK (flowers_to BETWEEN 1 AND 12),
    mature_height_cm INTEGER CHECK (mature_height_cm > 0),
    is_hardy         BOOLEAN CHECK (is_hardy IN (0, 1)),
    home_area        CHAR(2) REFERENCES area (area_code) ON DELETE SET NULL ON UPDATE CASCADE,
    traits           JSON    CHECK (traits IS NULL OR json_valid(traits)),
    CONSTRAINT taxon_root_is_family CHECK ((parent_id IS NULL) = (rank = 'family')),
    CONSTRAINT taxon_flowering_is_a_span CHECK ((flowers_from IS NULL) = (flowers_to IS NULL))
);
CREATE INDEX taxon_by_parent ON taxon (parent_id, name);
CREATE INDEX taxon_by_flower_colour ON taxon (json_extract(traits, '$.flower')) WHERE rank = 'species';

-- What people call a plant, in their own language and script.
CREATE TABLE vernacular_name (
    taxon_id INTEGER NOT NULL REFERENCES taxon (taxon_id) ON DELETE CASCADE ON UPDATE CASCADE,
    language TEXT    NOT NULL CHECK (length(language) IN (2, 3)),
    name     TEXT    NOT NULL,
    PRIMARY KEY (taxon_id, language)
) STRICT, WITHOUT ROWID;
CREATE INDEX vernacular_name_folded ON vernacular_name (lower(name));

CREATE TABLE bed (
    area_code    CHAR(2)      NOT NULL REFERENCES area (area_code) ON DELETE CASCADE ON UPDATE CASCADE,
    bed_no       INTEGER      NOT NULL CHECK (bed_no BETWEEN 1 AND 99),
    nickname     TEXT,
    soil         TEXT         NOT NULL DEFAULT 'loam',
    light        TEXT         NOT NULL CHECK (light IN ('sun', 'half shade', 'shade')),
    length_m     DECIMAL(4,1) NOT NULL CHECK (length_m > 0),
    width_m      DECIMAL(4,1) NOT NULL CHECK (width_m > 0),
    surface_m2   DECIMAL(6,2) GENERATED ALWAYS AS (round(length_m * width_m, 2)) STORED,
    is_irrigated BOOLEAN      NOT NULL DEFAULT 0 CHECK (is_irrigated IN (0, 1)),
    PRIMARY KEY (area_code, bed_no),
    UNIQUE (area_code, nickname)
);

CREATE TABLE gardener (
    gardener_id INTEGER PRIMARY KEY,
    full_name   TEXT    NOT NULL,
    native_name TEXT,
    role        TEXT    NOT NULL CHECK (role IN ('curator', 'head gardener', 'gardener', 'propagator', 'apprentice', 'volunteer')),
    mentor_id   INTEGER REFERENCES gardener (gardener_id) ON DELETE SET NULL ON UPDATE CASCADE,
    area_code   CHAR(2) REFERENCES area (area_code) ON DELETE SET NULL ON UPDATE CASCADE,
    email       TEXT    COLLATE NOCASE UNIQUE,
    hired_on    DATE    NOT NULL,
    left_on     DATE,
    hourly_wage DECIMAL(5,2),
    CONSTRAINT gardener_leaves_after_arriving CHECK (left_on IS NULL OR left_on > hired_on),
    CONSTRAINT gardener_is_no_own_mentor CHECK (mentor_id <> gardener_id)
);

-- Gardens elsewhere with which seed and cuttings are exchanged.
CREATE TABLE partner_garden (
    partner_id    INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    native_name   TEXT,
    city          TEXT    NOT NULL,
    country_code  CHAR(2) NOT NULL CHECK (length(country_code) = 2),
    latitude      REAL    CHECK (latitude BETWEEN -90 AND 90),
    longitude     REAL    CHECK (longitude BETWEEN -180 AND 180),
    founded       INTEGER,
    partner_since DATE    NOT NULL
);

-- One arrival of living material: a packet of seed, a cutting, a tree in a tub.
CREATE TABLE accession (
    accession_id INTEGER PRIMARY KEY,
    accession_no CHAR(9) NOT NULL UNIQUE CHECK (accession_no GLOB '[12][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9]'),
    taxon_id     INTEGER NOT NULL REFERENCES taxon (taxon_id) ON DELETE RESTRICT ON UPDATE CASCADE,
    received_on  DATE    NOT NULL,
    material     TEXT    NOT NULL CHECK (material IN ('seed', 'spores', 'cutting', 'bulb', 'plant')),
    provenance   TEXT    NOT NULL CHECK (provenance IN ('wild', 'partner', 'garden', 'purchase', 'gift')),
    partner_id   INTEGER REFERENCES partner_garden (partner_id) ON DELETE SET NULL ON UPDATE CASCADE,
    mother_id    INTEGER REFERENCES accession (accession_id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    collected_at TEXT,
    price_eur    DECIMAL(7,2) CHECK (price_eur >= 0),
    remark       TEXT,
    CONSTRAINT accession_names_its_source CHECK (
        (provenance <> 'wild' OR collected_at IS NOT NULL) AND (provenance = 'garden') = (mother_id IS NOT NULL))
);
CREATE INDEX accession_by_taxon ON accession (taxon_id, received_on);
CREATE INDEX accession_by_mother ON accession (mother_id) WHERE mother_id IS NOT NULL;

-- The single plants of an accession, told apart by a letter, each standing in a bed.
CREATE TABLE plant (
    accession_id INTEGER NOT NULL REFERENCES accession (accession_id) ON DELETE CASCADE ON UPDATE CASCADE,
    letter       CHAR(1) NOT NULL CHECK (letter BETWEEN 'A' AND 'Z'),
    area_code    CHAR(2) NOT NULL,
    bed_no       INTEGER NOT NULL,
    planted_on   DATE    NOT NULL,
    status       TEXT    NOT NULL DEFAULT 'thriving'
                         CHECK (status IN ('thriving', 'fair', 'ailing', 'dead', 'given away')),
    ended_on     DATE    CHECK (ended_on >= planted_on),
    girth_cm     DECIMAL(5,1),
    is_labelled  BOOLEAN NOT NULL DEFAULT 1 CHECK (is_labelled IN (0, 1)),
    PRIMARY KEY (accession_id, letter),
    FOREIGN KEY (area_code, bed_no) REFERENCES bed (area_code, bed_no) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT plant_ended_has_a_date CHECK ((status IN ('dead', 'given away')) = (ended_on IS NOT NULL))
);
CREATE INDEX plant_alive_in_bed ON plant (area_code, bed_no) WHERE ended_on IS NULL;

CREATE TABLE observation (
    observation_id INTEGER   PRIMARY KEY,
    observed_at    TIMESTAMP NOT NULL,
    accession_id   INTEGER   NOT NULL,
    letter         CHAR(1)   NOT NULL,
    gardener_id    INTEGER   REFERENCES gardener (gardener_id) ON DELETE SET NULL ON UPDATE CASCADE,
    kind           TEXT      NOT NULL
                             CHECK (kind IN ('leaf-out', 'bud', 'flower', 'fruit', 'height', 'health', 'pest', 'pruned')),
    height_cm      DECIMAL(6,1) CHECK (height_cm > 0),
    severity       INTEGER   CHECK (severity BETWEEN 1 AND 5),
    note           TEXT,
    FOREIGN KEY (accession_id, letter) REFERENCES plant (accession_id, letter) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT observation_height_is_measured CHECK ((kind = 'height') = (height_cm IS NOT NULL)),
    CONSTRAINT observation_pest_has_severity CHECK ((kind = 'pest') = (severity IS NOT NULL))
);
CREATE INDEX observation_by_plant ON observation (accession_id, letter, observed_at DESC);
CREATE INDEX observation_by_month ON observation (strftime('%m', observed_at), kind);

-- Small drawings for the visitors' labels.
CREATE TABLE picture (
    picture_id INTEGER PRIMARY KEY,
    taxon_id   INTEGER NOT NULL REFERENCES taxon (taxon_id) ON DELETE CASCADE ON UPDATE CASCADE,
    caption    TEXT    NOT NULL,
    drawn_by   INTEGER REFERENCES gardener (gardener_id) ON DELETE SET NULL ON UPDATE CASCADE,
    drawn_on   DATE,
    is_cover   BOOLEAN NOT NULL DEFAULT 1 CHECK (is_cover IN (0, 1)),
    png        BLOB    NOT NULL CHECK (typeof(png) = 'blob'),
    bytes      INTEGER GENERATED ALWAYS AS (length(png)) VIRTUAL
);
CREATE UNIQUE INDEX picture_one_cover_per_taxon ON picture (taxon_id) WHERE is_cover;

CREATE TABLE trail (
    trail_id    INTEGER      PRIMARY KEY,
    title       TEXT         NOT NULL UNIQUE,
    best_season TEXT         CHECK (best_season IN ('spring', 'summer', 'autumn', 'winter')),
    length_km   DECIMAL(3,1) NOT NULL CHECK (length_km > 0),
    is_step_free BOOLEAN     NOT NULL DEFAULT 0 CHECK (is_step_free IN (0, 1)),
    blurb       TEXT
);

-- Many to many: a trail passes many taxa, a taxon lies on many trails.
CREATE TABLE trail_stop (
    trail_id  INTEGER NOT NULL REFERENCES trail (trail_id) ON DELETE CASCADE ON UPDATE CASCADE,
    taxon_id  INTEGER NOT NULL REFERENCES taxon (taxon_id) ON DELETE CASCADE ON UPDATE CASCADE,
    position  INTEGER NOT NULL CHECK (position > 0),
    PRIMARY KEY (trail_id, taxon_id),
    UNIQUE (trail_id, position)
) STRICT;

CREATE TABLE seed_order (
    seed_order_id INTEGER      PRIMARY KEY,
    partner_id    INTEGER      NOT NULL REFERENCES partner_garden (partner_id) ON DELETE RESTRICT ON UPDATE CASCADE,
    ordered_on    DATE         NOT NULL,
    sent_on       DATE,
    packed_by     INTEGER      REFERENCES gardener (gardener_id) ON DELETE SET NULL ON UPDATE CASCADE,
    line_count    INTEGER      NOT NULL DEFAULT 0,
    total_grams   DECIMAL(7,2) NOT NULL DEFAULT 0,
    postage_eur   DECIMAL(6,2),
    CONSTRAINT seed_order_sent_after_ordered CHECK (sent_on IS NULL OR sent_on >= ordered_on)
);
CREATE INDEX seed_order_waiting ON seed_order (ordered_on) WHERE sent_on IS NULL;

CREATE TABLE seed_order_line (
    seed_order_id    INTEGER      NOT NULL REFERENCES seed_order (seed_order_id) ON DELETE CASCADE ON UPDATE CASCADE,
    line_no          INTEGER      NOT NULL CHECK (line_no > 0),
    accession_id     INTEGER      NOT NULL REFERENCES accession (accession_id) ON DELETE RESTRICT ON UPDATE CASCADE,
    packets          INTEGER      NOT NULL DEFAULT 1 CHECK (packets BETWEEN 1 AND 20),
    grams_per_packet DECIMAL(5,2) NOT NULL CHECK (grams_per_packet > 0),
    grams            DECIMAL(7,2) GENERATED ALWAYS AS (round(packets * grams_per_packet, 2)) VIRTUAL,
    PRIMARY KEY (seed_order_id, line_no),
    UNIQUE (seed_order_id, accession_id)
);

CREATE TABLE weather (
    day         DATE         PRIMARY KEY NOT NULL CHECK (day IS date(day)),
    min_c       DECIMAL(4,1) NOT NULL,
    max_c       DECIMAL(4,1) NOT NULL,
    mean_c      DECIMAL(4,1) GENERATED ALWAYS AS (round((min_c + max_c) / 2.0, 1)) VIRTUAL,
    rain_mm     DECIMAL(5,1) CHECK (rain_mm >= 0),
    sunshine_h  DECIMAL(3,1) CHECK (sunshine_h BETWEEN 0 AND 24),
    wind_from   TEXT         CHECK (wind_from IN ('N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW')),
    is_frost    BOOLEAN      GENERATED ALWAYS AS (min_c < 0) VIRTUAL,
    CONSTRAINT weather_min_below_max CHECK (min_c <= max_c)
);

CREATE VIEW living_collection AS
SELECT a.accession_no || p.letter AS label, t.name AS plant, v.name AS english_name, r.name AS area, p.bed_no, b.nickname AS bed,
       p.planted_on, p.status, a.provenance, coalesce(a.collected_at, g.name) AS source
FROM plant AS p
JOIN accession AS a USING (accession_id)
JOIN taxon AS t USING (taxon_id)
JOIN bed AS b USING (area_code, bed_no)
JOIN area AS r USING (area_code)
LEFT JOIN vernacular_name AS v ON v.taxon_id = t.taxon_id AND v.language = 'en'
LEFT JOIN partner_garden AS g USING (partner_id)
WHERE p.ended_on IS NULL;

CREATE VIEW flowering_calendar AS
SELECT t.name AS plant,
       CAST(strftime('%Y', o.observed_at) AS INTEGER) AS year,
       date(min(o.observed_at)) AS first_flower,
       date(max(o.observed_at)) AS last_flower,
       count(*) AS times_seen,
       count(DISTINCT o.accession_id || o.letter) AS plants
FROM observation AS o
JOIN accession AS a USING (accession_id)
JOIN taxon AS t USING (taxon_id)
WHERE o.kind = 'flower'
GROUP BY t.taxon_id, year;

CREATE VIEW seed_sent_by_year AS
SELECT CAST(strftime('%Y', o.sent_on) AS INTEGER) AS year, g.country_code AS country, count(*) AS orders,
       sum(o.line_count) AS packets_of_kinds, round(sum(o.total_grams), 2) AS grams, round(sum(o.postage_eur), 2) AS postage_eur
FROM seed_order AS o
JOIN partner_garden AS g USING (partner_id)
WHERE o.sent_on IS NOT NULL
GROUP BY year, country;

-- The head of a seed order always tells what its lines add up to.
CREATE TRIGGER seed_order_line_added AFTER INSERT ON seed_order_line
BEGIN
    UPDATE seed_order
    SET line_count = line_count + 1, total_grams = round(total_grams + new.grams, 2)
    WHERE seed_order_id = new.seed_order_id;
END;

CREATE TRIGGER seed_order_line_removed AFTER DELETE ON seed_order_line
BEGIN
    UPDATE seed_order
    SET line_count = line_count - 1, total_grams = round(total_grams - old.grams, 2)
    WHERE seed_order_id = old.seed_order_id;
END;

CREATE TRIGGER seed_order_line_changed AFTER UPDATE ON seed_order_line
BEGIN
    UPDATE seed_order
    SET line_count = line_count - 1, total_grams = round(total_grams - old.grams, 2)
    WHERE seed_order_id = old.seed_order_id;
    UPDATE seed_order
    SET line_count = line_count + 1, total_grams = round(total_grams + new.grams, 2)
    WHERE seed_order_id = new.seed_order_id;
END;

CREATE TRIGGER observation_of_a_plant_that_is_gone BEFORE INSERT ON observation
WHEN new.observed_at > (SELECT ended_on FROM plant WHERE accession_id = new.accession_id AND letter = new.letter)
BEGIN
    SELECT raise(ABORT, 'this plant was no longer in the garden on that day');
END;
