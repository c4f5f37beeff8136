// Why one entry or row of a planning was left out, and what to do about it.

export default {
  cal_row_broken_line: 'La ligne est abîmée. Ouvrez l’événement dans l’agenda et enregistrez-le de nouveau.',
  cal_row_no_start: 'L’événement n’a pas de début. Donnez-lui une date dans l’agenda.',
  cal_row_bad_time: 'Une heure ou une date ne peut pas être lue. Corrigez-la, par exemple 08:00 ou 18h30.',
  cal_row_mixed_times: 'Le début est un jour et la fin une heure. Enregistrez l’événement de nouveau.',
  cal_row_end_before_start: 'La fin vient avant le début. Corrigez l’événement dans l’agenda.',
  cal_row_uid_too_long: 'L’événement porte un nom interne démesuré. Recréez-le dans l’agenda.',
  cal_row_unknown_zone: 'Le fuseau horaire est inconnu. Choisissez «\u202fEurope/Paris\u202f» dans l’événement.',
  cal_row_bad_rule: 'La répétition ne peut pas être lue. Refaites-la dans l’agenda.',
  cal_row_bad_recurrence: 'Une date de la répétition ne peut pas être lue. Refaites la répétition dans l’agenda.',
  cal_row_exrule: 'La répétition est écrite d’une façon abandonnée. Refaites-la dans l’agenda.',
  cal_row_too_many_occurrences: 'L’événement se répète beaucoup trop souvent. Donnez-lui une fin.',
  cal_row_no_agent: 'Il manque le numéro du gendarme. Complétez la ligne.',
  cal_row_unknown_agent: 'Aucun gendarme de l’unité n’a ce numéro. Corrigez-le, ou faites enregistrer son NIGEND par l’administrateur.',
  cal_row_bad_day: 'La date ne peut pas être lue. Écrivez-la comme 25/11/2026.',
  cal_row_unknown_position: 'Ce mot n’est pas dans la table des positions. Ajoutez-le en modifiant ce planning.',
  cal_row_too_long: 'La position dure plus de 31 jours. Coupez-la en plusieurs lignes.',
  cal_row_short_row: 'La ligne a moins de colonnes que les titres. Complétez-la.',
  cal_row_contradiction: 'Une ligne précédente dit autre chose de la même heure. Gardez-en une seule.',
  cal_row_other: 'Cette ligne n’a pas été comprise ({code}). Donnez ce mot à l’exploitant.',
};
