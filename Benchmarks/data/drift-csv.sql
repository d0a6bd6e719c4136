-- Drift of one file from another as somebody who knows DuckDB writes it by hand: a tenth of the reference gives 200 bins
-- of each column of numbers and the thousand most frequent texts of each other one, then each file is counted once on
-- them, and the measures follow from the counts. Told what is a number and what a text; Sluice finds that out itself.
SET memory_limit='2GiB'; SET threads=2; SET TimeZone='UTC'; SET temp_directory='.'; SET max_temp_directory_size='10GB';
-- What is no number counts as missing.
CREATE TEMP MACRO cells(file) AS TABLE SELECT
  TRY_CAST(id AS DOUBLE) AS id, TRY_CAST(quantity AS DOUBLE) AS quantity, TRY_CAST(age AS DOUBLE) AS age,
  TRY_CAST(price AS DOUBLE) AS price, TRY_CAST(rate AS DOUBLE) AS rate,
  TRY_CAST(temperature AS DOUBLE) AS temperature, TRY_CAST(weight AS DOUBLE) AS weight,
  TRY_CAST(score AS DOUBLE) AS score, TRY_CAST(latitude AS DOUBLE) AS latitude,
  TRY_CAST(longitude AS DOUBLE) AS longitude, TRY_CAST(label AS DOUBLE) AS label,
  epoch(TRY_CAST(day AS TIMESTAMP)) AS day, epoch(TRY_CAST(moment AS TIMESTAMP)) AS moment, code, email, active,
  flagged, country, status, city
FROM read_csv(file, header=true, auto_detect=false, delim=',', quote='"', escape='"', strict_mode=true,
  nullstr=['', 'NA', 'N/A', 'NaN', 'nan', 'NULL', 'null'], max_line_size=16777216,
  columns={'id': 'VARCHAR', 'code': 'VARCHAR', 'email': 'VARCHAR', 'quantity': 'VARCHAR', 'age': 'VARCHAR',
    'price': 'VARCHAR', 'rate': 'VARCHAR', 'temperature': 'VARCHAR', 'weight': 'VARCHAR', 'score': 'VARCHAR',
    'latitude': 'VARCHAR', 'longitude': 'VARCHAR', 'day': 'VARCHAR', 'moment': 'VARCHAR', 'active': 'VARCHAR',
    'flagged': 'VARCHAR', 'country': 'VARCHAR', 'status': 'VARCHAR', 'city': 'VARCHAR', 'label': 'VARCHAR'});
CREATE TEMP MACRO edges(sorted) AS list_distinct(list_filter(sorted[greatest(1, len(sorted) // 200):len(sorted):greatest(1, len(sorted) // 200)], lambda x: true)) || ['infinity'::DOUBLE];
CREATE TEMP MACRO known(counts) AS list_transform(list_sort(list_transform(map_entries(counts), lambda e: {'n': -e.value, 'k': e.key}))[:1000], lambda e: e.k);
-- The sample.
CREATE TEMP TABLE sample AS SELECT
  list_sort(list(id)) AS id, list_sort(list(quantity)) AS quantity, list_sort(list(age)) AS age,
  list_sort(list(price)) AS price, list_sort(list(rate)) AS rate, list_sort(list(temperature)) AS temperature,
  list_sort(list(weight)) AS weight, list_sort(list(score)) AS score, list_sort(list(latitude)) AS latitude,
  list_sort(list(longitude)) AS longitude, list_sort(list(label)) AS label, list_sort(list(day)) AS day,
  list_sort(list(moment)) AS moment, histogram(code) AS code, histogram(email) AS email, histogram(active) AS active,
  histogram(flagged) AS flagged, histogram(country) AS country, histogram(status) AS status, histogram(city) AS city
FROM (SELECT * FROM cells('$OLD') USING SAMPLE $PERCENT% (bernoulli, 7));
SET VARIABLE id = (SELECT list_sort(edges(id)) FROM sample);
SET VARIABLE quantity = (SELECT list_sort(edges(quantity)) FROM sample);
SET VARIABLE age = (SELECT list_sort(edges(age)) FROM sample);
SET VARIABLE price = (SELECT list_sort(edges(price)) FROM sample);
SET VARIABLE rate = (SELECT list_sort(edges(rate)) FROM sample);
SET VARIABLE temperature = (SELECT list_sort(edges(temperature)) FROM sample);
SET VARIABLE weight = (SELECT list_sort(edges(weight)) FROM sample);
SET VARIABLE score = (SELECT list_sort(edges(score)) FROM sample);
SET VARIABLE latitude = (SELECT list_sort(edges(latitude)) FROM sample);
SET VARIABLE longitude = (SELECT list_sort(edges(longitude)) FROM sample);
SET VARIABLE label = (SELECT list_sort(edges(label)) FROM sample);
SET VARIABLE day = (SELECT list_sort(edges(day)) FROM sample);
SET VARIABLE moment = (SELECT list_sort(edges(moment)) FROM sample);
SET VARIABLE code = (SELECT known(code) FROM sample);
SET VARIABLE email = (SELECT known(email) FROM sample);
SET VARIABLE active = (SELECT known(active) FROM sample);
SET VARIABLE flagged = (SELECT known(flagged) FROM sample);
SET VARIABLE country = (SELECT known(country) FROM sample);
SET VARIABLE status = (SELECT known(status) FROM sample);
SET VARIABLE city = (SELECT known(city) FROM sample);
-- The counts.
CREATE TEMP TABLE old AS SELECT count(*) AS n,
  count(id) AS id_n, min(id) AS id_min, max(id) AS id_max, avg(id) AS id_mean, stddev_pop(id) AS id_dev, map_values(histogram(id, getvariable('id'))) AS id,
  count(quantity) AS quantity_n, min(quantity) AS quantity_min, max(quantity) AS quantity_max, avg(quantity) AS quantity_mean, stddev_pop(quantity) AS quantity_dev, map_values(histogram(quantity, getvariable('quantity'))) AS quantity,
  count(age) AS age_n, min(age) AS age_min, max(age) AS age_max, avg(age) AS age_mean, stddev_pop(age) AS age_dev, map_values(histogram(age, getvariable('age'))) AS age,
  count(price) AS price_n, min(price) AS price_min, max(price) AS price_max, avg(price) AS price_mean, stddev_pop(price) AS price_dev, map_values(histogram(price, getvariable('price'))) AS price,
  count(rate) AS rate_n, min(rate) AS rate_min, max(rate) AS rate_max, avg(rate) AS rate_mean, stddev_pop(rate) AS rate_dev, map_values(histogram(rate, getvariable('rate'))) AS rate,
  count(temperature) AS temperature_n, min(temperature) AS temperature_min, max(temperature) AS temperature_max, avg(temperature) AS temperature_mean, stddev_pop(temperature) AS temperature_dev, map_values(histogram(temperature, getvariable('temperature'))) AS temperature,
  count(weight) AS weight_n, min(weight) AS weight_min, max(weight) AS weight_max, avg(weight) AS weight_mean, stddev_pop(weight) AS weight_dev, map_values(histogram(weight, getvariable('weight'))) AS weight,
  count(score) AS score_n, min(score) AS score_min, max(score) AS score_max, avg(score) AS score_mean, stddev_pop(score) AS score_dev, map_values(histogram(score, getvariable('score'))) AS score,
  count(latitude) AS latitude_n, min(latitude) AS latitude_min, max(latitude) AS latitude_max, avg(latitude) AS latitude_mean, stddev_pop(latitude) AS latitude_dev, map_values(histogram(latitude, getvariable('latitude'))) AS latitude,
  count(longitude) AS longitude_n, min(longitude) AS longitude_min, max(longitude) AS longitude_max, avg(longitude) AS longitude_mean, stddev_pop(longitude) AS longitude_dev, map_values(histogram(longitude, getvariable('longitude'))) AS longitude,
  count(label) AS label_n, min(label) AS label_min, max(label) AS label_max, avg(label) AS label_mean, stddev_pop(label) AS label_dev, map_values(histogram(label, getvariable('label'))) AS label,
  count(day) AS day_n, min(day) AS day_min, max(day) AS day_max, avg(day) AS day_mean, stddev_pop(day) AS day_dev, map_values(histogram(day, getvariable('day'))) AS day,
  count(moment) AS moment_n, min(moment) AS moment_min, max(moment) AS moment_max, avg(moment) AS moment_mean, stddev_pop(moment) AS moment_dev, map_values(histogram(moment, getvariable('moment'))) AS moment,
  count(code) AS code_n, map_values(histogram_exact(code, getvariable('code'))) AS code,
  count(email) AS email_n, map_values(histogram_exact(email, getvariable('email'))) AS email,
  count(active) AS active_n, map_values(histogram_exact(active, getvariable('active'))) AS active,
  count(flagged) AS flagged_n, map_values(histogram_exact(flagged, getvariable('flagged'))) AS flagged,
  count(country) AS country_n, map_values(histogram_exact(country, getvariable('country'))) AS country,
  count(status) AS status_n, map_values(histogram_exact(status, getvariable('status'))) AS status,
  count(city) AS city_n, map_values(histogram_exact(city, getvariable('city'))) AS city
FROM cells('$OLD');
CREATE TEMP TABLE new AS SELECT count(*) AS n,
  count(id) AS id_n, min(id) AS id_min, max(id) AS id_max, avg(id) AS id_mean, stddev_pop(id) AS id_dev, map_values(histogram(id, getvariable('id'))) AS id,
  count(quantity) AS quantity_n, min(quantity) AS quantity_min, max(quantity) AS quantity_max, avg(quantity) AS quantity_mean, stddev_pop(quantity) AS quantity_dev, map_values(histogram(quantity, getvariable('quantity'))) AS quantity,
  count(age) AS age_n, min(age) AS age_min, max(age) AS age_max, avg(age) AS age_mean, stddev_pop(age) AS age_dev, map_values(histogram(age, getvariable('age'))) AS age,
  count(price) AS price_n, min(price) AS price_min, max(price) AS price_max, avg(price) AS price_mean, stddev_pop(price) AS price_dev, map_values(histogram(price, getvariable('price'))) AS price,
  count(rate) AS rate_n, min(rate) AS rate_min, max(rate) AS rate_max, avg(rate) AS rate_mean, stddev_pop(rate) AS rate_dev, map_values(histogram(rate, getvariable('rate'))) AS rate,
  count(temperature) AS temperature_n, min(temperature) AS temperature_min, max(temperature) AS temperature_max, avg(temperature) AS temperature_mean, stddev_pop(temperature) AS temperature_dev, map_values(histogram(temperature, getvariable('temperature'))) AS temperature,
  count(weight) AS weight_n, min(weight) AS weight_min, max(weight) AS weight_max, avg(weight) AS weight_mean, stddev_pop(weight) AS weight_dev, map_values(histogram(weight, getvariable('weight'))) AS weight,
  count(score) AS score_n, min(score) AS score_min, max(score) AS score_max, avg(score) AS score_mean, stddev_pop(score) AS score_dev, map_values(histogram(score, getvariable('score'))) AS score,
  count(latitude) AS latitude_n, min(latitude) AS latitude_min, max(latitude) AS latitude_max, avg(latitude) AS latitude_mean, stddev_pop(latitude) AS latitude_dev, map_values(histogram(latitude, getvariable('latitude'))) AS latitude,
  count(longitude) AS longitude_n, min(longitude) AS longitude_min, max(longitude) AS longitude_max, avg(longitude) AS longitude_mean, stddev_pop(longitude) AS longitude_dev, map_values(histogram(longitude, getvariable('longitude'))) AS longitude,
  count(label) AS label_n, min(label) AS label_min, max(label) AS label_max, avg(label) AS label_mean, stddev_pop(label) AS label_dev, map_values(histogram(label, getvariable('label'))) AS label,
  count(day) AS day_n, min(day) AS day_min, max(day) AS day_max, avg(day) AS day_mean, stddev_pop(day) AS day_dev, map_values(histogram(day, getvariable('day'))) AS day,
  count(moment) AS moment_n, min(moment) AS moment_min, max(moment) AS moment_max, avg(moment) AS moment_mean, stddev_pop(moment) AS moment_dev, map_values(histogram(moment, getvariable('moment'))) AS moment,
  count(code) AS code_n, map_values(histogram_exact(code, getvariable('code'))) AS code,
  count(email) AS email_n, map_values(histogram_exact(email, getvariable('email'))) AS email,
  count(active) AS active_n, map_values(histogram_exact(active, getvariable('active'))) AS active,
  count(flagged) AS flagged_n, map_values(histogram_exact(flagged, getvariable('flagged'))) AS flagged,
  count(country) AS country_n, map_values(histogram_exact(country, getvariable('country'))) AS country,
  count(status) AS status_n, map_values(histogram_exact(status, getvariable('status'))) AS status,
  count(city) AS city_n, map_values(histogram_exact(city, getvariable('city'))) AS city
FROM cells('$NEW');
-- The measures.
CREATE TEMP MACRO share(counts, total) AS list_transform(counts, lambda x: x / total);
CREATE TEMP MACRO running(p) AS list_transform(range(1, len(p) + 1), lambda i: list_sum(p[1:i]));
CREATE TEMP MACRO psi(p, q) AS list_sum(list_transform(list_zip(p, q), lambda z: (greatest(z[2], 1e-4) - greatest(z[1], 1e-4)) * ln(greatest(z[2], 1e-4) / greatest(z[1], 1e-4))));
CREATE TEMP MACRO js(p, q) AS list_sum(list_transform(list_zip(p, q), lambda z: (if(z[1] > 0, z[1] * log2(2 * z[1] / (z[1] + z[2])), 0) + if(z[2] > 0, z[2] * log2(2 * z[2] / (z[1] + z[2])), 0)) / 2));
CREATE TEMP MACRO ks(p, q) AS list_max(list_transform(list_zip(running(p), running(q)), lambda z: abs(z[1] - z[2])));
CREATE TEMP MACRO linf(p, q) AS list_max(list_transform(list_zip(p, q), lambda z: abs(z[1] - z[2])));
-- Deciles of the reference.
CREATE TEMP MACRO tenths(p) AS list_transform(range(0, 10), lambda i: coalesce(list_sum(p[len(p) * i // 10 + 1:len(p) * (i + 1) // 10]), 0));
-- Twenty bins of equal width; a bin's share lies at its edge.
CREATE TEMP MACRO wide(p, e, low, high) AS list_transform(range(0, 20), lambda i: coalesce(list_sum(list_transform(list_filter(list_zip(p, e), lambda z: least(19, greatest(0, floor((z[2] - low) / (high - low) * 20))) = i), lambda z: z[1])), 0));
CREATE TEMP MACRO wasserstein(p, q, e, deviation) AS list_sum(list_transform(list_zip(running(p), running(q), e, e[2:]), lambda z: if(isfinite(z[4]), abs(z[1] - z[2]) * (z[4] - z[3]), 0))) / deviation;
CREATE TEMP MACRO rest(counts, total) AS counts || [total - list_sum(counts)];
SELECT 'id' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.id, old.id_n) AS p, share(new.id, new.id_n) AS q, getvariable('id') AS e, least(old.id_min, new.id_min) AS low, greatest(old.id_max, new.id_max) AS high, old.id_dev AS deviation, new.id_n / new.n - old.id_n / old.n AS nulls FROM old, new);
SELECT 'quantity' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.quantity, old.quantity_n) AS p, share(new.quantity, new.quantity_n) AS q, getvariable('quantity') AS e, least(old.quantity_min, new.quantity_min) AS low, greatest(old.quantity_max, new.quantity_max) AS high, old.quantity_dev AS deviation, new.quantity_n / new.n - old.quantity_n / old.n AS nulls FROM old, new);
SELECT 'age' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.age, old.age_n) AS p, share(new.age, new.age_n) AS q, getvariable('age') AS e, least(old.age_min, new.age_min) AS low, greatest(old.age_max, new.age_max) AS high, old.age_dev AS deviation, new.age_n / new.n - old.age_n / old.n AS nulls FROM old, new);
SELECT 'price' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.price, old.price_n) AS p, share(new.price, new.price_n) AS q, getvariable('price') AS e, least(old.price_min, new.price_min) AS low, greatest(old.price_max, new.price_max) AS high, old.price_dev AS deviation, new.price_n / new.n - old.price_n / old.n AS nulls FROM old, new);
SELECT 'rate' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.rate, old.rate_n) AS p, share(new.rate, new.rate_n) AS q, getvariable('rate') AS e, least(old.rate_min, new.rate_min) AS low, greatest(old.rate_max, new.rate_max) AS high, old.rate_dev AS deviation, new.rate_n / new.n - old.rate_n / old.n AS nulls FROM old, new);
SELECT 'temperature' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.temperature, old.temperature_n) AS p, share(new.temperature, new.temperature_n) AS q, getvariable('temperature') AS e, least(old.temperature_min, new.temperature_min) AS low, greatest(old.temperature_max, new.temperature_max) AS high, old.temperature_dev AS deviation, new.temperature_n / new.n - old.temperature_n / old.n AS nulls FROM old, new);
SELECT 'weight' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.weight, old.weight_n) AS p, share(new.weight, new.weight_n) AS q, getvariable('weight') AS e, least(old.weight_min, new.weight_min) AS low, greatest(old.weight_max, new.weight_max) AS high, old.weight_dev AS deviation, new.weight_n / new.n - old.weight_n / old.n AS nulls FROM old, new);
SELECT 'score' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.score, old.score_n) AS p, share(new.score, new.score_n) AS q, getvariable('score') AS e, least(old.score_min, new.score_min) AS low, greatest(old.score_max, new.score_max) AS high, old.score_dev AS deviation, new.score_n / new.n - old.score_n / old.n AS nulls FROM old, new);
SELECT 'latitude' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.latitude, old.latitude_n) AS p, share(new.latitude, new.latitude_n) AS q, getvariable('latitude') AS e, least(old.latitude_min, new.latitude_min) AS low, greatest(old.latitude_max, new.latitude_max) AS high, old.latitude_dev AS deviation, new.latitude_n / new.n - old.latitude_n / old.n AS nulls FROM old, new);
SELECT 'longitude' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.longitude, old.longitude_n) AS p, share(new.longitude, new.longitude_n) AS q, getvariable('longitude') AS e, least(old.longitude_min, new.longitude_min) AS low, greatest(old.longitude_max, new.longitude_max) AS high, old.longitude_dev AS deviation, new.longitude_n / new.n - old.longitude_n / old.n AS nulls FROM old, new);
SELECT 'label' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.label, old.label_n) AS p, share(new.label, new.label_n) AS q, getvariable('label') AS e, least(old.label_min, new.label_min) AS low, greatest(old.label_max, new.label_max) AS high, old.label_dev AS deviation, new.label_n / new.n - old.label_n / old.n AS nulls FROM old, new);
SELECT 'day' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.day, old.day_n) AS p, share(new.day, new.day_n) AS q, getvariable('day') AS e, least(old.day_min, new.day_min) AS low, greatest(old.day_max, new.day_max) AS high, old.day_dev AS deviation, new.day_n / new.n - old.day_n / old.n AS nulls FROM old, new);
SELECT 'moment' AS name, psi(tenths(p), tenths(q)) AS psi, ks(p, q) AS ks, js(wide(p, e, low, high), wide(q, e, low, high)) AS js, wasserstein(p, q, e, deviation) AS wasserstein, nulls FROM (SELECT share(old.moment, old.moment_n) AS p, share(new.moment, new.moment_n) AS q, getvariable('moment') AS e, least(old.moment_min, new.moment_min) AS low, greatest(old.moment_max, new.moment_max) AS high, old.moment_dev AS deviation, new.moment_n / new.n - old.moment_n / old.n AS nulls FROM old, new);
SELECT 'code' AS name, psi(p, q) AS psi, js(p, q) AS js, linf(p, q) AS linf, nulls FROM (SELECT share(rest(old.code, old.code_n), old.code_n) AS p, share(rest(new.code, new.code_n), new.code_n) AS q, new.code_n / new.n - old.code_n / old.n AS nulls FROM old, new);
SELECT 'email' AS name, psi(p, q) AS psi, js(p, q) AS js, linf(p, q) AS linf, nulls FROM (SELECT share(rest(old.email, old.email_n), old.email_n) AS p, share(rest(new.email, new.email_n), new.email_n) AS q, new.email_n / new.n - old.email_n / old.n AS nulls FROM old, new);
SELECT 'active' AS name, psi(p, q) AS psi, js(p, q) AS js, linf(p, q) AS linf, nulls FROM (SELECT share(rest(old.active, old.active_n), old.active_n) AS p, share(rest(new.active, new.active_n), new.active_n) AS q, new.active_n / new.n - old.active_n / old.n AS nulls FROM old, new);
SELECT 'flagged' AS name, psi(p, q) AS psi, js(p, q) AS js, linf(p, q) AS linf, nulls FROM (SELECT share(rest(old.flagged, old.flagged_n), old.flagged_n) AS p, share(rest(new.flagged, new.flagged_n), new.flagged_n) AS q, new.flagged_n / new.n - old.flagged_n / old.n AS nulls FROM old, new);
SELECT 'country' AS name, psi(p, q) AS psi, js(p, q) AS js, linf(p, q) AS linf, nulls FROM (SELECT share(rest(old.country, old.country_n), old.country_n) AS p, share(rest(new.country, new.country_n), new.country_n) AS q, new.country_n / new.n - old.country_n / old.n AS nulls FROM old, new);
SELECT 'status' AS name, psi(p, q) AS psi, js(p, q) AS js, linf(p, q) AS linf, nulls FROM (SELECT share(rest(old.status, old.status_n), old.status_n) AS p, share(rest(new.status, new.status_n), new.status_n) AS q, new.status_n / new.n - old.status_n / old.n AS nulls FROM old, new);
SELECT 'city' AS name, psi(p, q) AS psi, js(p, q) AS js, linf(p, q) AS linf, nulls FROM (SELECT share(rest(old.city, old.city_n), old.city_n) AS p, share(rest(new.city, new.city_n), new.city_n) AS q, new.city_n / new.n - old.city_n / old.n AS nulls FROM old, new);
