-- The schema's tests as somebody who knows DuckDB writes them by hand: one pass, every cell read as text, each cast made
-- once, one number for each rule. Records that cannot be read are told at the end.
SET memory_limit='2GiB'; SET threads=2; SET TimeZone='UTC'; SET temp_directory='.'; SET max_temp_directory_size='10GB';
WITH cells AS (
  SELECT * FROM read_csv('$FILE', header=true, auto_detect=false, delim=',', quote='"', escape='"', strict_mode=true,
    nullstr=[''], store_rejects=true, rejects_limit=1000, max_line_size=16777216,
    columns={'id': 'VARCHAR', 'code': 'VARCHAR', 'email': 'VARCHAR', 'quantity': 'VARCHAR', 'age': 'VARCHAR',
      'price': 'VARCHAR', 'rate': 'VARCHAR', 'temperature': 'VARCHAR', 'weight': 'VARCHAR', 'score': 'VARCHAR',
      'latitude': 'VARCHAR', 'longitude': 'VARCHAR', 'day': 'VARCHAR', 'moment': 'VARCHAR', 'active': 'VARCHAR',
      'flagged': 'VARCHAR', 'country': 'VARCHAR', 'status': 'VARCHAR', 'city': 'VARCHAR', 'label': 'VARCHAR'})
),
-- DuckDB's own casts take `1.5`, `1_000` and `0x10` for integers, so the form is tested beside them. A time without a
-- zone is cast to a TIMESTAMP, which is five times as fast.
typed AS (
  SELECT *,
    CASE WHEN regexp_full_match(id, '[+-]?[0-9]+') THEN TRY_CAST(id AS BIGINT) END AS id_v,
    CASE WHEN regexp_full_match(quantity, '[+-]?[0-9]+') THEN TRY_CAST(quantity AS BIGINT) END AS quantity_v,
    CASE WHEN regexp_full_match(age, '[+-]?[0-9]+') THEN TRY_CAST(age AS BIGINT) END AS age_v,
    CASE WHEN regexp_full_match(label, '[+-]?[0-9]+') THEN TRY_CAST(label AS BIGINT) END AS label_v,
    CASE WHEN regexp_full_match(price, 'NaN|-?INF|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(price AS DOUBLE) END AS price_v,
    CASE WHEN regexp_full_match(rate, 'NaN|-?INF|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(rate AS DOUBLE) END AS rate_v,
    CASE WHEN regexp_full_match(temperature, 'NaN|-?INF|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(temperature AS DOUBLE) END AS temperature_v,
    CASE WHEN regexp_full_match(weight, 'NaN|-?INF|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(weight AS DOUBLE) END AS weight_v,
    CASE WHEN regexp_full_match(score, 'NaN|-?INF|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(score AS DOUBLE) END AS score_v,
    CASE WHEN regexp_full_match(latitude, 'NaN|-?INF|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(latitude AS DOUBLE) END AS latitude_v,
    CASE WHEN regexp_full_match(longitude, 'NaN|-?INF|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(longitude AS DOUBLE) END AS longitude_v,
    CASE WHEN regexp_full_match(day, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN TRY_CAST(day AS DATE) END AS day_v,
    CASE WHEN regexp_full_match(moment, '[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?') THEN CASE WHEN strlen(moment) <= 20 THEN TRY_CAST(moment AS TIMESTAMP) ELSE TRY_CAST(moment AS TIMESTAMPTZ)::TIMESTAMP END END AS moment_v
  FROM cells
)
SELECT
  count(*) AS records,
  -- Types: what has a text and no value.
  count(id) - count(id_v) AS id_type, count(quantity) - count(quantity_v) AS quantity_type,
  count(age) - count(age_v) AS age_type, count(label) - count(label_v) AS label_type,
  count(price) - count(price_v) AS price_type, count(rate) - count(rate_v) AS rate_type,
  count(temperature) - count(temperature_v) AS temperature_type, count(weight) - count(weight_v) AS weight_type,
  count(score) - count(score_v) AS score_type, count(latitude) - count(latitude_v) AS latitude_type,
  count(longitude) - count(longitude_v) AS longitude_type, count(day) - count(day_v) AS day_type,
  count(moment) - count(moment_v) AS moment_type,
  count_if(active NOT IN ('true', 'True', 'TRUE', '1', 'false', 'False', 'FALSE', '0')) AS active_type,
  count_if(flagged NOT IN ('true', 'True', 'TRUE', '1', 'false', 'False', 'FALSE', '0')) AS flagged_type,
  -- Required.
  count(*) - count(id) AS id_required, count(*) - count(code) AS code_required,
  count(*) - count(quantity) AS quantity_required, count(*) - count(price) AS price_required,
  count(*) - count(weight) AS weight_required, count(*) - count(score) AS score_required,
  count(*) - count(latitude) AS latitude_required, count(*) - count(longitude) AS longitude_required,
  count(*) - count(day) AS day_required, count(*) - count(moment) AS moment_required,
  count(*) - count(active) AS active_required, count(*) - count(country) AS country_required,
  count(*) - count(status) AS status_required, count(*) - count(city) AS city_required,
  count(*) - count(label) AS label_required,
  -- Ranges.
  count_if(quantity_v < 0) AS quantity_minimum, count_if(quantity_v > 100) AS quantity_maximum,
  count_if(age_v < 0) AS age_minimum, count_if(age_v > 120) AS age_maximum, count_if(price_v < 0 OR isnan(price_v)) AS price_minimum,
  count_if(rate_v < 0 OR isnan(rate_v)) AS rate_minimum, count_if(rate_v > 1) AS rate_maximum,
  count_if(temperature_v < -60 OR isnan(temperature_v)) AS temperature_minimum, count_if(temperature_v > 60) AS temperature_maximum,
  count_if(weight_v < 0 OR isnan(weight_v)) AS weight_minimum, count_if(latitude_v < -90 OR isnan(latitude_v)) AS latitude_minimum,
  count_if(latitude_v > 90) AS latitude_maximum, count_if(longitude_v < -180 OR isnan(longitude_v)) AS longitude_minimum,
  count_if(longitude_v > 180) AS longitude_maximum, count_if(day_v < DATE '2024-01-01') AS day_minimum,
  count_if(day_v > DATE '2024-12-31') AS day_maximum,
  count_if(moment_v < TIMESTAMP '2024-01-01 00:00:00') AS moment_minimum,
  -- Patterns, lengths, enums.
  count_if(NOT regexp_full_match(code, '[A-Z]{2}-[0-9]{6}')) AS code_pattern,
  count_if(NOT regexp_full_match(email, '[a-z0-9]+@[a-z0-9.]+')) AS email_pattern,
  count_if(NOT regexp_full_match(city, 'City [0-9]{3}')) AS city_pattern,
  count_if(length(city) < 1) AS city_shortest, count_if(length(city) > 40) AS city_longest,
  count_if(country NOT IN ('AT','BE','BG','CH','CZ','DE','DK','EE','ES','FI','FR','GR','HR','HU','IE','IT','LT','NL','PL','SE')) AS country_enum,
  count_if(status NOT IN ('new', 'paid', 'sent', 'done', 'void')) AS status_enum,
  count_if(label_v NOT IN (0, 1)) AS label_enum,
  -- NUL bytes pass the reader.
  count_if(contains(code, chr(0))) AS code_nul, count_if(contains(email, chr(0))) AS email_nul,
  count_if(contains(country, chr(0))) AS country_nul, count_if(contains(status, chr(0))) AS status_nul,
  count_if(contains(city, chr(0))) AS city_nul,
  -- The key.
  count(id_v) - count(DISTINCT id_v) AS id_unique
FROM typed;
SELECT line, column_idx, error_type::VARCHAR AS error, left(csv_line, 200) AS text FROM reject_errors ORDER BY line, column_idx;
