"""Decide whether a sentence reports a transaction; questions, plans, corrections and facts do not.

A transaction is reported by a phrase without a verb (“coffee 3.50”) or in the past (“paid 12 for lunch”). Everything
that asks, orders something else, corrects, denies, wishes, expects, limits or states is ignored, because users notice a
missing transaction but not a wrong one.
"""

# ruff: noqa: E501 (tables of words read better in long lines)

from __future__ import annotations

import re

from app.domain.phrases.words import words

ASKED = r"(?:can|could|would|will) you (?:please )?(?:add|log|record|book|note|enter|put down)"
QUESTION = re.compile(
    r"^\W{0,9}(?!will's |"
    + ASKED
    + r")(?:how|what|what's|whats|when|where|why|which|who|can i|can you|can we|could|should|do i|do we|do you|did i|did we|does|am i|is|are|was|were"
    r"|will|would|show|tell|list|explain|compare|combien|quel\w{0,3}|est-ce|est ce|pourquoi|quand|comment|ou (?:est|en|va)|puis-je"
    r"|montre\w{0,6}|dis|cuanto\w?|cuanta\w?|que|cual\w{0,2}|donde|por que|puedo|debo|como|muestra\w{0,3}|muestrame|wie|was|wann|wo|warum"
    r"|welche\w?|wer|wieviel|kann ich|soll ich|sollte|zeig\w{0,3}|habe ich|hab ich|كم|ما|هل|متى|اين|لماذا|if|wenn|falls|si je|si j'|si on|si yo|si)(?!\w)"
)
#: Orders to the program that are no transactions.
COMMAND = words(
    "budget*|presupuesto|goal|goals|objectif|objetivo|sparziel|remind*|reminder|rappelle*|recuerda*|erinner*|delete|undo|remove"
    "|supprime*|annule*|borra|borrar|elimina|losche*|losch|change|rename|forecast|simulate|what if|predict|limit|limite|alert|alerts|notify|warn|warn me|avertis*|avisame|warne|prognose"
)
COMMAND_AT_START = re.compile(
    r"^\W{0,9}(?:please |bitte |por favor |s'il te plait |stp |hey |ok |okay )?(?:set|raise|lower|increase|decrease|reduce|cut|cap|keep|make|adjust|edit|swap|exchange|switch|double|halve|round|call|phone (?:my|the|mum|mom|dad|him|her|them|up)|ask|email|hold|figure|schedule|renew|enable|disable|talk|speak|update|fix|correct|replace|mark|tag|label|flag|categori[sz]e|recategori[sz]e|classify|assign|rename|merge|combine|split (?:the|that|this|my)|find|search|look|look up|filter|sort|group|open|close|turn|hide|import|export|cancel|stop|skip|ignore|forget|drop|let me|let's|give me|get me|check|review|plan|estimate|calculate|compute|sum|add up|convert|move (?:the|that|this|those|it)\b(?! money| cash| rest)|allocate|reserve|save|put aside|set aside|help"
    r"|setz\w{0,3}|stell\w{0,3}|erhoh\w{0,3}|senk\w{0,3}|ander\w{0,3}|korrigier\w{0,3}|markier\w{0,3}|ordne|such\w{0,3}|finde|vergiss|ignorier\w{0,3}|verschieb\w{0,3} (?:das|die|den)|plane|berechne|rechne|teile (?:die|das|den)|streich\w{0,3}|stornier\w{0,3}|lass|hilf|nimm|mach\w{0,2}"
    r"|mets|mettre|fixe|augmente|baisse|reduis|diminue|change|modifie|corrige|marque|classe|range|cherche|trouve|deplace (?:le|la|les)|calcule|prevois|oublie|ignore|limite|arrete|aide|mettez|passe les?"
    r"|pon|ponme|ponle|fija|sube|baja|reduce|aumenta|cambia|modifica|corrige|marca|clasifica|busca|encuentra|olvida|ignora|mueve (?:el|la|los|las)|calcula|planifica|limita|para de|cancela|anula|ayuda)(?!\w)"
)
TARGET = re.compile(
    r"(?<!\w)(?:auf|to|at|a|en) (?:\W?[0-9][0-9.,]{0,12}\W? ?(?:[a-z]{3,7} )?)(?:a|per|each|im|pro|par|al|por) (?:month|week|year|monat|woche|jahr|mois|semaine|an|mes|semana|ano)(?: (?:setzen|stellen|begrenzen|erhohen|senken))?(?!\w)"
    r"|(?<!\w)(?:setzen|begrenzen|erhohen|senken|verschieben|andern)\W{0,3}$"
)
#: “no wait, the taxi was 18 not 16”.
CORRECTION = re.compile(
    r"^\W{0,9}(?:(?:oh|ah|oops|hmm|ups) ?,? ?)?(?:no|nope|non|nein|nee)(?:\s?[,!;:–-]|\s(?:wait|sorry|it|it's|that|that's|the|i|my|make|rather|attends|c'est|c'etait|le|la|en|el|era|fue|eran|moment|warte|das|der|die|doch|es|quise|espera|perdon|pardon)(?!\w))"
    r"|^\W{0,9}(?:wait|sorry|oops|actually|i meant|i mean|correction|scratch that|on second thought|rather|attends|pardon|en fait|plutot|je voulais dire|je corrige|espera|perdon|en realidad|mejor dicho|quise decir|correccion|warte|moment|sorry|eigentlich|ich meinte|ich meine|korrektur|doch nicht|quatsch)(?!\w)"
    r"|(?<!\w)(?:not|pas|nicht|no|y no|und nicht|et pas|and not)\s(?:\W?\s?[0-9])"
    r"|(?<!\w)(?:instead|instead of|rather than|au lieu d\w{0,2}|plutot que|statt|anstatt|sondern|en vez de|en lugar de|sino)(?!\w)"
    r"|(?<!\w)(?:should|must|ought to) (?:be|have been|read|say)(?!\w)|(?<!\w)(?:sollte|musste|muss) (?:\w{1,12} ){0,3}sein(?!\w)"
    r"|(?<!\w)(?:deberia ser|tendria que ser|devrait etre|aurait du etre)(?!\w)|(?<!\w)make (?:it|that)(?!\w)"
)
DENIED = words(
    "didn't|did not|didnt|don't|do not|dont|doesn't|does not|never|haven't|have not|hasn't|wasn't|weren't|isn't|aren't|won't|can't|cannot|couldn't|wouldn't|shouldn't|not|without paying|nothing|nobody|no one|noone"
    "|n'ai pas|n'a pas|n'avons pas|n'etait pas|n'est pas|ai pas|ne|jamais|pas paye|pas depense|pas encore|rien|personne n'a|sans payer"
    "|no gaste|no pague|no compre|no he|no hemos|no se|no fue|no era|no hay|no me|no lo|nunca|jamas|sin pagar|aun no|todavia no|nadie"
    "|nicht|kein|keine|keinen|keinem|nie|niemals|noch nie|nichts|niemand|ohne zu zahlen|ohne zu bezahlen"
)
#: What did not happen, or only might.
UNREAL = re.compile(
    r"(?<!\w)(?:(?:was|were) (?:going to|about to|planning|gonna|supposed to|meant to|tempted)|about to (?!my)|(?:would|could|should|might|must)(?:'ve| have)|would(?:n't)? (?:be|cost|pay|spend|buy|need|like|love|take|get)|i'd|we'd"
    r"|almost|nearly|hypothetical\w{0,3}|imagine|suppose|supposing|pretend|let's say|in theory|if i|if we|if it|if they|had i|unless|what if|changed my mind|change of mind|decided (?:against|not)|turned (?:it )?down|refused|declined|out of stock|sold out|got cancel\w{0,4}|was cancel\w{0,4}|been cancel\w{0,4}|on the house|(?:was|were|is|are|got it|had it|it's|all|for|but|turned out) (?:for )?free|free of charge|normally|usually|typically|generally|always|every time|tends? to|used to"
    r"|allais|allait|allions|devait|devais|devions|failli|presque|j'aurais|aurais|aurait|auraient|aurions|gratuit\w{0,2}|imagin\w{1,4}|supposons|admettons|en theorie|finalement pas|change d'avis|d'habitude|normalement|habituellement|toujours|en general|il parait"
    r"|iba a|ibamos a|iban a|estuve a punto|a punto de|casi|por poco|habria\w{0,3}|hubiera\w{0,3}|hubiese\w{0,3}|gratis|imagina\w{0,2}|supongamos|en teoria|cambie de opinion|normalmente|siempre|suelo|solemos|suele|por lo general|si hubiera"
    r"|beinahe|fast(?! food)|umsonst|kostenlos|geschenkt bekommen|angenommen|theoretisch|hypothetisch|stell dir vor|eigentlich|normalerweise|meistens|immer|gewohnlich|in der regel|wenn ich|falls|gewollt|anders entschieden|doch nicht)(?!\w)"
)
ACCENTED_UNREAL = re.compile(
    r"(?<!\w)(?:hätte\w{0,3}|würde\w{0,3}|könnte\w{0,3}|müsste\w{0,3}|möchte\w{0,3}|wäre\w{0,3}|dürfte\w{0,3})(?!\w)"
)
#: What is yet to come, or wished for.
INTENDED = re.compile(
    r"(?<!\w)(?:(?:i|we|you|they|it|he|she)'ll|(?:i|we|you|they|it|he|she|that|this|rent|price|prices|bill|\w{2,20}) (?:will|shall) (?:also |probably |only |soon |now )?(?:be|cost|go|pay|buy|need|spend|have|get|rise|increase|start|take|come|save|owe|earn|receive|transfer|move|charge)|going to (?:\w{2,12} )?(?:be|cost|pay|buy|spend|need|get|save|take|sell|order|send)|gonna|plan(?:s|ned|ning)? (?:to|on|for)|wants? (?:to|a|an|it|the|some|my|new)|wanted (?:to|a|an)|wanna|wish|hop(?:e|es|ing) (?:to|for|that)|need(?:s)? (?:to|a|an|some|about|around|\W?[0-9])|have to|has to|had to (?:cancel|decline|refuse)|got to|gotta|intend\w{0,3}|thinking (?:of|about)|considering|looking (?:for|at|to)|(?:may|might|must|should|could|can|shall) (?:\w{2,12} )?(?:be|cost|pay|buy|spend|need|get|save|take|have|go|sell)|ought to|save up|saving (?:up|for|towards?)|to save|savings goal|someday|one day|in case|expect\w{0,3}|prefer\w{0,3}|dream\w{0,3} of|worth it"
    r"|je veux|je voudrais|j'aimerais|j'aurai|veux|voudrais|je vais|on va|nous allons|va (?:couter|payer|falloir|acheter)|vais (?:payer|acheter|depenser)|il faut|il faudra|faudrait|je dois|on doit|je devrai\w{0,2}|devrai\w{0,2}|je pense|je compte|j'envisage|je prevois|j'espere|prevu\w{0,2}|pourrai\w{0,3}|envie d\w{0,2}|besoin d\w{0,2}|economiser|epargner|coutera|paierai|payerai|acheterai|depenserai"
    r"|quiero|queremos|quisiera\w{0,3}|queria\w{0,3}|voy a|vamos a|va a|tengo que|tenemos que|hay que|pienso|planeo|espero|deberia\w{0,3}|podria\w{0,3}|me gustaria|necesito|necesitamos|ahorrar|costara|pagare|comprare|gastare|tengo ganas"
    r"|mochte\w{0,2}|wollte\w{0,2}|will ich|ich will|wir wollen|werde ich|ich werde|wir werden|wird\b.{1,40}\bkosten|muss ich|ich muss|wir mussen|mussen wir|soll ich|ich soll|sollte\w{0,2}|konnte\w{0,2}|habe vor|ich plane|planen|hoffe|brauche|brauchen|sparen|uberlege|wunsche|vielleicht|evtl|eventuell)(?!\w)"
    r"|(?<!\w)(?:maybe|perhaps|probably|possibly|peut-etre|sans doute|probablement|quizas?|tal vez|puede que|a lo mejor|wahrscheinlich|moglicherweise)(?!\w)"
)
#: Debts, balances, limits, prices and habits.
STATED = re.compile(
    r"(?<!\w)(?:owes?|owed|owing|in debt|left (?:for|over|in|to spend|on my|this month)|(?:have|has|had|got|is|are|with) (?:about |around |only |still )?\W?[0-9][0-9.,]{0,12}\W? ?(?:[a-z]{3,7} )?(?:left|remaining|available|to spend)|remaining|still have|my balance|balance (?:is|was|of)|on average|averages?|averaging|no more than|not more than|more than|less than|fewer than|at most|at least|up to|(?:max|min|maximum|minimum)(?: of)? \W?[0-9]|[0-9]\W? ?(?:\w{3,7} )?(?:max|maximum|tops)|under budget|over budget|price of|prices?|costs|discount|coupon|reduced|cheaper|expensive|went up|gone up|goes up|go up|going up|went down|down to|i earn|we earn|earns|i make|we make|makes|is worth|are worth|was worth|salary is|rent is|rents? (?:for|at)|charges|interest rate|exchange rate|bitcoin|stock|stocks|share price|offers?|offered|quoted?|quote|estimated?|invoice for|bet|turned|weigh\w{0,3}|turn(?:s|ed|ing)? [0-9]|cumple|cumplio|cumplen|wird [0-9]|years old|birthday is|score\w{0,2}|won \d|lost by|ran|walked|jogged|drove|appointment|meeting|see you|call me|born|reminds?"
    r"|me doit|me doivent|te dois|lui dois|leur dois|nous doit|doit encore|dette|il (?:me |nous )?reste|reste encore|en moyenne|moyenne|au plus|au maximum|au moins|moins d\w{0,2}|plus d[e'] ?\W?[0-9]|pas plus|le prix|les prix|coutent|est a|sont a|je gagne|on gagne|je touche|vaut|valent|en reduction|rendez-vous|solde d\w{0,2}|mon solde|a augmente"
    r"|me debe\w{0,2}|le debo|te debo|les debo|nos debe\w{0,2}|deuda|(?:me |nos )?quedan?|sobran?|promedio|de media|como mucho|como maximo|al menos|por lo menos|menos de|mas de|el precio|los precios|cuesta|cuestan|vale|valen|yo gano|gano|ganamos|cobro|descuento|cita|reunion|mi saldo|ha subido|subio"
    r"|schuldet?|schulde|schulden|ubrig|verfugbar|kontostand|im schnitt|durchschnitt\w{0,4}|im durchschnitt|hochstens|maximal|mindestens|mehr als|weniger als|bis zu|der preis|preise?|kostet|kosten|verdiene|verdient man|wert|rabatt|gutschein uber|termin|treffen|gestiegen|teurer|billiger|statt finden)(?!\w)"
    r"|(?<!\w)(?:off|discount) (?:at|on|with|from)(?! (?:my )?(?:visa|card|mastercard|amex|credit))"
)
IS = re.compile(
    r"(?<!\w)(?:is|are|'s|est|sont|c'est|es|son|esta|estan|ist|sind|betragt|liegt) (?:now |about |around |only |already |at |currently |just |maintenant |environ |deja |seulement |de |a |ahora |solo |unos |jetzt |nur |etwa |rund |bei |noch |schon )?\W{0,2}[0-9]"
)
#: A verb whose subject is somebody else.
OTHERS = re.compile(
    r"(?<!\w)(?:he|she|they|my (?:friend|brother|sister|boss|neighbou?r|colleague|cousin|landlord|dad|mum|mom|son|daughter)|il|elle|ils|elles|mon (?:ami|frere|voisin|chef|patron|collegue|fils)|ma (?:soeur|copine|voisine|fille)|el|ella|ellos|mi (?:amigo|amiga|hermano|hermana|jefe|vecino|hijo|hija)|er|sie|mein (?:freund|bruder|chef|nachbar|kollege|sohn)|meine (?:freundin|schwester|kollegin|tochter)) (?:has |have |a |ont |ha |han |hat |haben )?(?:just )?(?:bought|spent|earns?|makes|won|sold|got|wants?|saved|achete|depense|gagne|vendu|compro|gasto|gano|vendio|gekauft|ausgegeben|verdient|verkauft)(?!\w)"
    r"|(?<!\w)(?:hat|haben) (?:sich |fur )?.{0,40}(?:gekauft|ausgegeben)(?!\w)"
)
#: A sentence that says what one has or is.
TALK = re.compile(
    r"^\W{0,9}(?:i have|i've got|we have|we've got|there (?:are|is|was|were)|here (?:are|is)|i am|i'm|we are|we're|you are|it is|it's|this is|that is|that's|j'ai (?!pay|depens|achet|mang|recu|vire|pris|donn|touch|gagn|retir|transfer|deplac|du (?:pay|achet|depens|regl|retir|donn)|mis|regl|bu|envoy|pret|vendu|fait le plein|laiss|claqu|lach|commande)"
    r"|il y a|nous avons (?!pay|depens|achet)|on a (?!pay|depens|achet|mang|recu|pris|vire)|je suis|tengo|tenemos|hay|soy|estoy|somos|ich habe(?! .{0,80}(?:ausgegeben|bezahlt|gekauft|bekommen|gezahlt|uberwiesen|abgehoben|erhalten|verdient|getankt|gegessen|getrunken|verkauft|geschickt|eingezahlt))|wir haben(?! .{0,80}(?:ausgegeben|bezahlt|gekauft|bekommen|gezahlt|uberwiesen|abgehoben|erhalten))|ich bin|wir sind|es gibt|es sind|das ist|hier ist"
    r"|my .{1,40}(?:is|are|will|was born)(?!\w)|my rent |my salary |remember|note that|fyi|btw|did you know|je me souviens|recuerda que|por cierto|ubrigens)"
)
NUMBERS_OF_LIFE = re.compile(
    r"(?<!\w)(?:call|phone|tel|telefon|ring|text|fax|sms|appelle|llama|ruf)\w{0,3} .{0,20}[0-9]{5}|[0-9]{2,5}[ -][0-9]{5,12}(?![0-9.,])"
)
#: What reports that money moved: the past of paying, buying, receiving and moving, and the orders to add an entry.
REPORT = words(
    "was at|were at|was in|were in|went to|went for|had lunch|had dinner|had breakfast|had brunch|had coffee|had drinks|had to pay|had pizza|had a|had an|had some|dropped|war beim|war bei|war im|waren beim|waren im|war in|musste|mussten|du payer|ai du|tuve que|tuvimos que|estuve en|estuvimos en|fui a|fuimos a|suis alle|est alle*|sommes alles|m'a donne|m'ont donne|me dio|me dieron"
    "|spent|paid|pay|bought|purchased|got|received|earned|sold|sent|transferred|transfer|moved|move|withdrew|withdraw|withdrawn|wired|venmo'd|venmoed|zelled|lent|loaned|borrowed|gave|put|deposited|took out|taken out|pulled|split|shared|ordered|ate|drank|filled up|tipped|donated|topped up|refunded|reimbursed|returned|charged|cost|cost me|booked|rented|subscribed|treated|grabbed|picked up|blew|splurged|shelled out|forked out|coughed up|covered|settled|invested|cashed|won|came to|set me back|ran me|add|log|record|enter|book|note"
    "|depense|paye|achete|recu|vire|retire|verse|depose|envoye|prete|donne|rembourse|vendu|gagne|touche|pris|mange|bu|coute|commande|regle|claque|lache|transfere|deplace|mis|fait le plein|offert|loue|debourse|ajoute|note"
    "|ausgegeben|bezahlt|gezahlt|gekauft|uberwiesen|bekommen|erhalten|verdient|abgehoben|geholt|getankt|gegessen|getrunken|verkauft|geschickt|geliehen|gegeben|gespendet|eingezahlt|zuruckbekommen|zuruckerhalten|gekostet|kostete|bestellt|gebucht|geteilt|umgebucht|verschoben|eingekauft|gemietet|investiert|beglichen|zahlte|kaufte|bezahlte|buche|notiere"
    "|gaste|pague|compre|cobre|recibi|vendi|gane|transferi|saque|retire|pase|traspase|movi|preste|devolvi|devolvieron|devolvio|pagaron|pago|costo|gastado|pagado|comprado|cobrado|recibido|sacado|comi|cene|bebi|invite|ingrese|deposite|done|alquile|mande|envie|puse|anade|apunta|dieron|pagamos|gastamos|compramos"
)
#: Words that make a full sentence, which without a verb of `REPORT` says something else.
CLAUSE = words(
    "sounds|sound|hit|hits|means|mean|meant|lives|live|living|forgot|forgets|breaks|broke|jumps|jumped|turning|swap|belongs|belong|counts|count|shows|expects|knew|found|left|lost|stayed|stands|sits"
    "|i|i'm|i've|i'd|we|we're|we've|you|he|she|they|it|it's|that|there|these|those|is|was|were|are|am|be|been|being|has|have|had|do|does|did|will|would|could|should|can|might|must|wants|want|wanted|needs|need|needed|goes|go|going|went|says|said|think|thinks|thought|asks|asked|asking|seems|looks|feels|keeps|gives|takes|took|makes|made|makes|offers|offered|charges|tries|tried|trying|agreed|agree|if|because|but|so|when|while|until|though|although|who|which|whether|than|too|very|failed|bounced|declined|rejected|rises|rose|starts|started|begins|comes|came|lets|let|help|know|knows|remember|increases|increased|drops|dropped|became|becomes|stays|gets|get|getting|buy|buying|spend|spending|paying|sells|selling|cheaper|wrong|right|correct|mistake"
    "|j'ai|j'avais|j'etais|nous|vous|il|elle|ils|elles|c'est|c'etait|est|sont|etait|etaient|ont|avait|ete|va|vais|vont|peut|peux|doit|veut|demande|demandent|dit|pense|pensais|faut|qui|quand|mais|parce|donc|trop|echoue|refuse|rejete|oublie|passe a|monte|monte a|augmente|coute|commence|faux|prend|prendre|acheter|payer|depenser|propose|devient|semble"
    "|ich|wir|er|sie|ist|sind|war|waren|wird|werden|wurde|wurden|hat|habe|haben|hatte|hatten|kann|konnen|will|wollen|muss|mussen|soll|sollen|darf|steigt|steigen|sagt|denke|dachte|weil|wenn|dass|aber|ob|sehr|zu teuer|fehlgeschlagen|abgelehnt|vergiss|verlangt|verlangen|fordert|bietet|angeboten|beginnt|wird|falsch|richtig|kaufen|bezahlen|zahlen|ausgeben|auszugeben|nehmen|bleibt|scheint"
    "|yo|nosotros|ella|ellos|es|son|era|eran|fue|fueron|estaba|estaban|ha|han|va|van|puede|debe|quiere|pide|piden|dice|pienso|pensando|cuando|pero|porque|muy|mal|demasiado|fallo|rechazado|olvida|sube|baja|empieza|parece|ofrece|ofrecieron|comprar|pagar|gastar|que|mala|correcto|incorrecto"
)
#: “the taxi was 18”, and nothing else: a noun, a verb of the past and the amount.
REFERENCE = re.compile(
    r"(?<!of )(?<!von )(?<!de )(?<!\w)(?:the|that|this|those|these|les|die|los|las|dem|den) \W?[0-9]"
)  # “the 40” is known
NOUN_WAS = re.compile(
    r"^\W{0,9}(?:(?:the|my|our|le|la|les|l'|mon|ma|el|los|las|mi|der|die|das|mein|meine) ?)?(?!(?:it|that|this|they|these|there|he|she|i|we|ce|ca|il|es|das|eso) )(?:[^\W\d_][\w'&-]{0,30} ){1,3}(?:was|were|came to|etait(?: a)?|a coute|fue|fueron|war|waren)[\s\x01]{1,20}\W{0,2}[0-9][^a-z]{0,80}(?:(?:euros?|eur|dollars?|pounds?|quid|francs?)[^a-z]{0,40})?$"
)
OTHER_SENSES = re.compile(
    r"(?<!\w)(?:had|hatten?|avais|avait|tenia|teniamos) \W?[0-9]|(?<!m'a )(?<!\ba )(?<!\w)coute(?:nt)? |(?<!\w)(?:too (?:much|many)|zu viel|trop cher|de trop|demasiado)(?!\w)"
    r"|(?<!\w)(?:wrong|incorrect\w?|mistake|mistyped|typo|falsch\w{0,2}|fehler|mauvais\w{0,2}|erreur|equivocad\w{1,2}|error)(?!\w)"
    r"|(?<!\w)(?:he|she|they|who|nobody|\w{3,20}) (?:said|says|told|dijo|dice|sagte|sagt|meinte|meint)(?!\w)|^\W{0,9}(?:said|dijo|dice|a dit)(?!\w)|(?<!\w)a dit(?!\w)"
    r"|(?<!\w)(?:entry|entries|eintrag|eintrage|buchung|ecriture|movimiento)(?!\w)"
    r"|(?<!\w)(?:meta|metas|ziel|ziele|rule|regel|regla|regle)(?: de)?:? .{0,30}[0-9]|(?<!\w)(?:anything|everything|alles|todo lo que|tout ce qui)(?!\w)"
)
#: A clause that depends on a noun or says why, and changes nothing: “shoes that I needed”, “because it rained”.
SUBORDINATE = re.compile(
    r"(?<=[^\W\d_] )(?:because|that|which|since|weil|da|die|den|das|que|parce que|porque|car) ?(?:i|we|it|he|she|they|ich|wir|es|er|sie|je|j'|on|il|elle|yo|me|nos)(?![\w']) ?[^,0-9]{0,60}|(?<!\w)(?:to go|to take away|take away)(?!\w)"
)
POSSESSIVE = re.compile(r"(?<![\w'])(?!(?:it|that|there|he|she|what|who|here)')[^\W\d_]{1,30}'s ")
FUTURE = words(
    "next month|next year|next week|le mois prochain|l'annee prochaine|la semaine prochaine|nachsten monat|nachstes jahr|nachste woche|kommenden monat|el mes que viene|el proximo mes|el ano que viene|la semana que viene|la proxima semana"
    "|failed|bounced|rejected|declined|echoue|fehlgeschlagen|abgelehnt|fallo|fallado|rechazado|charged twice|double charged|doppelt abgebucht|debite deux fois|cobrado dos veces|tried to"
)
CHECKS = (
    QUESTION, COMMAND, COMMAND_AT_START, TARGET, CORRECTION, DENIED, UNREAL, INTENDED, STATED, IS, OTHERS, TALK,
    NUMBERS_OF_LIFE, FUTURE, OTHER_SENSES,
)  # fmt: skip


def is_transaction(folded: str, bare: str, original: str) -> bool:
    """Whether a sentence may report transactions.

    ``folded`` has no accents, which German needs to tell a wish; in ``bare`` dates and times are blanked as well.
    """
    if folded.strip().endswith(("?", "؟")) or ACCENTED_UNREAL.search(original.lower()):
        return False
    if any(pattern.search(folded) for pattern in CHECKS):
        return False
    if REFERENCE.search(bare) and not REPORT.search(bare):
        return False
    main = POSSESSIVE.sub(" ", SUBORDINATE.sub(" ", bare))
    return not CLAUSE.search(main) or bool(REPORT.search(main) or NOUN_WAS.search(main))
