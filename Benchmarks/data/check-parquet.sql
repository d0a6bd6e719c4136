-- The schema's tests of a Parquet file, by hand. The types are the file's own; `columns` tells them.
SET memory_limit='2GiB'; SET threads=2; SET TimeZone='UTC'; SET temp_directory='.'; SET max_temp_directory_size='10GB';
SELECT string_agg(column_name || ' ' || column_type, ', ') AS columns FROM (DESCRIBE SELECT * FROM read_parquet('$FILE'));
SELECT
  count(*) AS records,
  count(*) - count(id) AS id_required, count(*) - count(nullif(code, '')) AS code_required,
  count(*) - count(quantity) AS quantity_required, count(*) - count(price) AS price_required,
  count(*) - count(weight) AS weight_required, count(*) - count(score) AS score_required,
  count(*) - count(latitude) AS latitude_required, count(*) - count(longitude) AS longitude_required,
  count(*) - count(day) AS day_required, count(*) - count(moment) AS moment_required,
  count(*) - count(active) AS active_required, count(*) - count(nullif(country, '')) AS country_required,
  count(*) - count(nullif(status, '')) AS status_required, count(*) - count(nullif(city, '')) AS city_required,
  count(*) - count(label) AS label_required, count(flagged) AS flagged_there,
  count_if(quantity < 0) AS quantity_minimum, count_if(quantity > 100) AS quantity_maximum,
  count_if(age < 0) AS age_minimum, count_if(age > 120) AS age_maximum,
  count_if(price < 0 OR isnan(price)) AS price_minimum,
  count_if(rate < 0) AS rate_minimum, count_if(rate > 1) AS rate_maximum,
  count_if(temperature < -60) AS temperature_minimum, count_if(temperature > 60) AS temperature_maximum,
  count_if(weight < 0 OR isnan(weight)) AS weight_minimum, count_if(latitude < -90) AS latitude_minimum,
  count_if(latitude > 90) AS latitude_maximum, count_if(longitude < -180) AS longitude_minimum,
  count_if(longitude > 180) AS longitude_maximum, count_if(day < DATE '2024-01-01') AS day_minimum,
  count_if(day > DATE '2024-12-31') AS day_maximum,
  count_if(moment < TIMESTAMP '2024-01-01 00:00:00') AS moment_minimum,
  count_if(NOT regexp_full_match(nullif(code, ''), '[A-Z]{2}-[0-9]{6}')) AS code_pattern,
  count_if(NOT regexp_full_match(nullif(email, ''), '[a-z0-9]+@[a-z0-9.]+')) AS email_pattern,
  count_if(NOT regexp_full_match(nullif(city, ''), 'City [0-9]{3}')) AS city_pattern,
  count_if(length(city) > 40) AS city_longest,
  count_if(nullif(country, '') NOT IN ('AT','BE','BG','CH','CZ','DE','DK','EE','ES','FI','FR','GR','HR','HU','IE','IT','LT','NL','PL','SE')) AS country_enum,
  count_if(nullif(status, '') NOT IN ('new', 'paid', 'sent', 'done', 'void')) AS status_enum,
  count_if(label NOT IN (0, 1)) AS label_enum,
  count(id) - count(DISTINCT id) AS id_unique
FROM read_parquet('$FILE');
